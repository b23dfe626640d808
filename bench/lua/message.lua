-- A new message, one of those whose bodies the bench made ready.
dofile(os.getenv("BENCH_LUA") .. "/common.lua")

local requests

function init(_)
  requests = messages()
end

function request()
  return requests[math.random(#requests)]
end
