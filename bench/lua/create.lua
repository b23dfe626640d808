-- A new post.
dofile(os.getenv("BENCH_LUA") .. "/common.lua")

local requests

function init(_)
  requests = creates()
end

function request()
  return requests[math.random(#requests)]
end
