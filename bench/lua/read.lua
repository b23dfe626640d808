-- A record by its id, at random.
dofile(os.getenv("BENCH_LUA") .. "/common.lua")

local requests

function init(_)
  requests = reads()
end

function request()
  return requests[math.random(#requests)]
end
