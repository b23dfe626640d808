-- Twenty of an author's posts above a number of views, most viewed first.
dofile(os.getenv("BENCH_LUA") .. "/common.lua")

local requests

function init(_)
  requests = lists()
end

function request()
  return requests[math.random(#requests)]
end
