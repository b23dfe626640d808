-- What the scripts share. The bench says in the environment whom to ask and how; see bench/src/wrk.rs.
dofile(os.getenv("BENCH_LUA") .. "/report.lua")

-- The same requests in every run.
math.randomseed(tonumber(os.getenv("BENCH_SEED")))

local records = os.getenv("BENCH_RECORDS")
local headers, json = {}, { ["Content-Type"] = "application/json" }
for name, value in os.getenv("BENCH_HEADERS"):gmatch("([^:\n]+): ([^\n]+)") do
  headers[name], json[name] = value, value
end

-- Requests are made ready before the clock starts, so that the client's share of the processor stays small.
-- They need the host, which is known in `init`.
local function ready(count, make)
  local requests = {}
  for number = 1, count do requests[number] = make(number) end
  return requests
end

function reads()
  local requests = {}
  for id in io.lines(os.getenv("BENCH_IDS")) do
    requests[#requests + 1] = wrk.format("GET", records .. "/" .. id, headers)
  end
  return requests
end

-- Of an author's posts, at least three in ten lie above the threshold; 20 are asked for.
function lists()
  local template = os.getenv("BENCH_LIST")
  return ready(2000, function()
    local path = template:gsub("{author}", math.random(0, 99)):gsub("{views}", math.random(0, 7000))
    return wrk.format("GET", path, headers)
  end)
end

function creates()
  local body = string.rep("x", 200)
  return ready(2000, function(number)
    local post = string.format('{"title":"Post %d","body":"%s","views":%d,"author":"author-%d"}',
      number, body, math.random(0, 9999), math.random(0, 99))
    return wrk.format("POST", records, json, post)
  end)
end

function messages()
  local requests = {}
  for body in io.lines(os.getenv("BENCH_BODIES")) do
    requests[#requests + 1] = wrk.format("POST", records, json, body)
  end
  return requests
end
