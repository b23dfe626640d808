-- One path, asked as it is.
dofile(os.getenv("BENCH_LUA") .. "/report.lua")
