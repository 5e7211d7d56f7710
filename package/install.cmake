# SPDX-License-Identifier: GPL-3.0-or-later
# What is installed where, by component: cmake --install BUILD --prefix DIR [--component NAME].
# The program finds its data relative to itself, so a tree may be moved.
# Debian's linker and pkg-config look below the machine's name, under /usr and /usr/local alike.
if(CMAKE_LIBRARY_ARCHITECTURE AND EXISTS /etc/debian_version)
  set(CMAKE_INSTALL_LIBDIR lib/${CMAKE_LIBRARY_ARCHITECTURE} CACHE PATH "libraries, below the prefix")
endif()
include(GNUInstallDirs)

install(TARGETS ringlab COMPONENT program)
install(FILES data/params/tolerances.csv
  DESTINATION ${CMAKE_INSTALL_DATADIR}/ringlab/data/params COMPONENT program)
install(DIRECTORY data/scenarios data/published
  DESTINATION ${CMAKE_INSTALL_DATADIR}/ringlab/data COMPONENT program)
install(DIRECTORY paper/tex DESTINATION ${CMAKE_INSTALL_DATADIR}/ringlab/paper COMPONENT program)

install(TARGETS libringlab
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library NAMELINK_COMPONENT development)
install(FILES api/ringlab.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development)
file(RELATIVE_PATH RL_PC_UP /p/${CMAKE_INSTALL_LIBDIR}/pkgconfig /p)
string(REGEX REPLACE "/$" "" RL_PC_UP ${RL_PC_UP})
configure_file(api/ringlab.pc.in ringlab.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/ringlab.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
install(FILES api/example/simulate.c
  DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/libringlab-dev/examples COMPONENT development)

# Who runs no mpirun needs no MPI: a component of its own.
if(TARGET rl-mpi)
  install(TARGETS rl-mpi LIBRARY DESTINATION lib/ringlab COMPONENT mpi)
endif()

# Manual pages and completion, written by the build from the program's own tables.
add_executable(rl-doc doc/main.c doc/tables.c doc/man.c doc/fill.c doc/bash.c ${CMAKE_BINARY_DIR}/verbs.c)
target_compile_definitions(rl-doc PRIVATE RL_DATE="${RL_DATE}")
target_link_libraries(rl-doc PRIVATE cli)
file(GLOB doc_sources CONFIGURE_DEPENDS doc/*.in)
add_custom_command(OUTPUT doc.stamp VERBATIM
  DEPENDS rl-doc doc/build doc/calls doc/views doc/completion.bash api/ringlab.h data/schema/README.md ${doc_sources}
  COMMAND ${CMAKE_SOURCE_DIR}/doc/build $<TARGET_FILE:rl-doc> ${CMAKE_SOURCE_DIR} ${PROJECT_VERSION} ${RL_DATE}
    ${CMAKE_BINARY_DIR}/doc
  COMMAND ${CMAKE_COMMAND} -E touch ${CMAKE_BINARY_DIR}/doc.stamp)
add_custom_target(doc ALL DEPENDS doc.stamp)
install(DIRECTORY ${CMAKE_BINARY_DIR}/doc/man/man1 ${CMAKE_BINARY_DIR}/doc/man/man5
  DESTINATION ${CMAKE_INSTALL_MANDIR} COMPONENT program)
install(DIRECTORY ${CMAKE_BINARY_DIR}/doc/man/man3 DESTINATION ${CMAKE_INSTALL_MANDIR} COMPONENT development)
install(FILES ${CMAKE_BINARY_DIR}/doc/completions/ringlab
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT program)
