# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
#
# What `cmake --install` puts where; `find_package(aiot)` and pkg-config find it there, wherever the prefix
# is moved to.
#
#   lib/libaiot.so, include/aiot/aiot.h       the C interface
#   lib/libaiot.a, include/aiot/<module>/     the library in C++
#   include/aiot-host/                        ports/linux, ports/sim, and the packages as headers
#   bin/aiot, share/aiot/{models,schema}      the command, model packages, formats
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(aiot_host_includedir ${CMAKE_INSTALL_INCLUDEDIR}/aiot-host)
set(aiot_cmakedir ${CMAKE_INSTALL_LIBDIR}/cmake/aiot)

install(TARGETS aiot_shared LIBRARY COMPONENT runtime NAMELINK_COMPONENT development)
install(TARGETS aiot_archive ARCHIVE COMPONENT development)
if(TARGET aiot)
  install(TARGETS aiot RUNTIME COMPONENT runtime)
endif()

# Not the toolkit, which is in no library here, nor kernels of a Cortex-M.
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/aiot DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        COMPONENT development FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp"
        PATTERN toolkit EXCLUDE PATTERN gateway EXCLUDE PATTERN "arm_*" EXCLUDE)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/ports/linux ${PROJECT_SOURCE_DIR}/ports/sim
        DESTINATION ${aiot_host_includedir}/ports COMPONENT development FILES_MATCHING PATTERN "*.hpp")
if(TARGET aiot_packages)
  add_custom_target(aiot_installed_packages ALL DEPENDS aiot_package_headers)
  install(DIRECTORY ${packages_folder}/aiot_packages DESTINATION ${aiot_host_includedir}
          COMPONENT development)
endif()

file(GLOB aiot_models CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/models/*)
install(FILES ${aiot_models} DESTINATION ${CMAKE_INSTALL_DATADIR}/aiot/models COMPONENT runtime)
install(FILES ${PROJECT_SOURCE_DIR}/schema/record.cddl ${PROJECT_SOURCE_DIR}/schema/package.fbs
        DESTINATION ${CMAKE_INSTALL_DATADIR}/aiot/schema COMPONENT development)
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/SPEC.md ${PROJECT_SOURCE_DIR}/LICENSE
        DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT runtime)

set(aiot_libdir ${CMAKE_INSTALL_LIBDIR})
set(aiot_includedir ${CMAKE_INSTALL_INCLUDEDIR})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/aiotConfig.cmake.in
  ${PROJECT_BINARY_DIR}/aiotConfig.cmake INSTALL_DESTINATION ${aiot_cmakedir}
  PATH_VARS aiot_libdir aiot_includedir aiot_host_includedir NO_SET_AND_CHECK_MACRO)
# Before 1.0.0 a minor version may change what C++ programs see.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/aiotConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/aiotConfig.cmake ${PROJECT_BINARY_DIR}/aiotConfigVersion.cmake
        DESTINATION ${aiot_cmakedir} COMPONENT development)

# From the .pc file to the prefix, so that it can be moved.
file(RELATIVE_PATH aiot_pc_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" aiot_pc_prefix ${aiot_pc_prefix})
configure_file(${PROJECT_SOURCE_DIR}/cmake/aiot.pc.in ${PROJECT_BINARY_DIR}/aiot.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/aiot.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
        COMPONENT development)
