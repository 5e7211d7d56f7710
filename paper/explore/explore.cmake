# SPDX-License-Identifier: GPL-3.0-or-later
# The page that simulates: the simulator once more, for WebAssembly, and the page's parts, within
# the program. Without the tools for it the program is whole but for `ringlab explore`.
option(RL_WASM "build the simulator for pages" ON)
set(explore ${CMAKE_SOURCE_DIR}/paper/explore)
set(wasm)
if(RL_WASM)
  execute_process(COMMAND ${explore}/wasm/build --check RESULT_VARIABLE without OUTPUT_VARIABLE why)
  if(without)
    message(WARNING "${why}`ringlab explore` will refuse to work (./packages.sh page)")
  else()
    set(wasm ${CMAKE_BINARY_DIR}/wasm/ringlab.wasm)
    file(GLOB_RECURSE wasm_files CONFIGURE_DEPENDS sim/*.[ch] model/*.[ch] model/*.def realdrv/core/*.[ch]
      data/format/*.[ch] data/format/*.def ${explore}/*.[ch] ${explore}/wasm/*)
    list(FILTER wasm_files EXCLUDE REGEX "/tests/|/bench/")
    add_custom_command(OUTPUT ${wasm} DEPENDS ${wasm_files} VERBATIM
      COMMAND ${CMAKE_COMMAND} -E env RL_VERSION=${PROJECT_VERSION} ${explore}/wasm/build ${CMAKE_BINARY_DIR}/wasm)
  endif()
endif()
file(GLOB page CONFIGURE_DEPENDS ${explore}/page/*)
add_custom_command(OUTPUT explore.c DEPENDS ${explore}/registry ${page} ${wasm} VERBATIM
  COMMAND ${explore}/registry ${explore}/page ${wasm} > ${CMAKE_BINARY_DIR}/explore.c)
target_sources(paper PRIVATE ${CMAKE_BINARY_DIR}/explore.c)
