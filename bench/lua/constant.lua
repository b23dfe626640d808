-- One path. A request is picked as in the other scripts, so that the client does the same work for each.
dofile(os.getenv("BENCH_LUA") .. "/report.lua")

local requests = {}

function init(_)
  for number = 1, 2000 do requests[number] = wrk.format("GET", wrk.path) end
end

function request()
  return requests[math.random(#requests)]
end
