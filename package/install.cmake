# SPDX-License-Identifier: GPL-3.0-or-later
# What is installed where, by component: cmake --install BUILD --prefix DIR [--component NAME].
# The program finds its data relative to itself, so a tree may be moved.
include(GNUInstallDirs)

install(TARGETS ringlab COMPONENT program)
install(FILES data/params/tolerances.csv
  DESTINATION ${CMAKE_INSTALL_DATADIR}/ringlab/data/params COMPONENT program)
install(DIRECTORY data/scenarios data/published
  DESTINATION ${CMAKE_INSTALL_DATADIR}/ringlab/data COMPONENT program)

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
