-- Four reads by id to one new post.
dofile(os.getenv("BENCH_LUA") .. "/common.lua")

local read, create

function init(_)
  read, create = reads(), creates()
end

function request()
  if math.random(5) == 1 then return create[math.random(#create)] end
  return read[math.random(#read)]
end
