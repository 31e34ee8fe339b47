# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
#
# The model packages in models/, for firmwares and commands that carry one: models/<name>.aipk becomes
# `aiot::packages::<name>` in "aiot_packages/<name>.hpp".
find_package(Python3 COMPONENTS Interpreter)
if(NOT Python3_FOUND AND NOT PROJECT_IS_TOP_LEVEL)
  return()  # who embeds no package needs no Python
endif()
find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_library(aiot_packages INTERFACE)
add_library(aiot::packages ALIAS aiot_packages)
set(packages_folder ${PROJECT_BINARY_DIR}/packages)
target_include_directories(aiot_packages INTERFACE ${packages_folder})
file(GLOB packages CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/models/*.aipk)
set(package_headers "")
foreach(package IN LISTS packages)
  cmake_path(GET package STEM name)
  set(package_header ${packages_folder}/aiot_packages/${name}.hpp)
  add_custom_command(
    OUTPUT ${package_header}
    COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tools/embed_bytes.py
            ${package} ${package_header} aiot::packages ${name}
    COMMAND ${CMAKE_COMMAND} -E touch ${package_header}
    DEPENDS ${package} ${PROJECT_SOURCE_DIR}/tools/embed_bytes.py
    VERBATIM)
  list(APPEND package_headers ${package_header})
endforeach()
add_custom_target(aiot_package_headers DEPENDS ${package_headers})
add_dependencies(aiot_packages aiot_package_headers)
