# SPDX-License-Identifier: GPL-3.0-or-later
# Debian packages, one a component: cd build/release && cpack -G DEB
set(CPACK_PACKAGE_CONTACT "The ringlab authors <authors@ringlab.invalid>")
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "${CPACK_PACKAGE_CONTACT}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_COMPONENTS_ALL program library development)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY >=)

# deb(COMPONENT PACKAGE SECTION SUMMARY TEXT): its name, what it is, and the documents that each has.
function(deb component package section summary text)
  string(TOUPPER ${component} C)
  set(CPACK_DEBIAN_${C}_PACKAGE_NAME ${package} PARENT_SCOPE)
  set(CPACK_DEBIAN_${C}_PACKAGE_SECTION ${section} PARENT_SCOPE)
  set(CPACK_DEBIAN_${C}_DESCRIPTION "${summary}\n${text}" PARENT_SCOPE)
  set(CPACK_DEBIAN_${C}_PACKAGE_SHLIBDEPS ON PARENT_SCOPE)
  install(FILES package/copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package} COMPONENT ${component})
  install(FILES ${CMAKE_BINARY_DIR}/debian/changelog.gz
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package} COMPONENT ${component})
endfunction()

# Debian wants a changelog of its form.
execute_process(COMMAND date -u -R -d ${RL_DATE} OUTPUT_VARIABLE when OUTPUT_STRIP_TRAILING_WHITESPACE)
configure_file(package/changelog.in debian/changelog @ONLY)
execute_process(COMMAND gzip -9nkf ${CMAKE_BINARY_DIR}/debian/changelog)

deb(program ringlab science "event or spin for Xen block drivers, measured and predicted"
  "Simulates Xen block drivers that are woken by events or spin, fits the costs to
measured runs, predicts others and says by how much it is off.")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_RECOMMENDS gnuplot-nox)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SUGGESTS "fio, sqlite3")
deb(library libringlab0 libs "simulator of Xen block drivers, as a library"
  "Loads a scenario, simulates it and gives its metrics with intervals, as the
program ringlab does, to the last bit.")
# CMake has the maintainer's scripts call ldconfig; Debian wants the trigger.
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA ${CMAKE_SOURCE_DIR}/package/triggers)
deb(development libringlab-dev libdevel "simulator of Xen block drivers, headers"
  "Header, pkg-config file, manual pages and an example of libringlab.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libringlab0 (= ${PROJECT_VERSION})")
if(TARGET rl-mpi)
  list(APPEND CPACK_COMPONENTS_ALL mpi)
  deb(mpi ringlab-mpi science "sweeps of ringlab on many machines"
    "What ringlab loads when mpirun starts it, so that its ranks share a sweep.")
  set(CPACK_DEBIAN_MPI_PACKAGE_DEPENDS "ringlab (= ${PROJECT_VERSION})")
endif()
include(CPack)
