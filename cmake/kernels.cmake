# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
#
# Which folders under src/nn/ enter the build: one on a Cortex-M beside the reference, all of the
# machine's on a host.
set(aiot_kernel_folders ref)
if(AIOT_CPU MATCHES "^m(4|7)$")
  list(APPEND aiot_kernel_folders arm_dsp)
elseif(AIOT_CPU STREQUAL "m55")
  list(APPEND aiot_kernel_folders arm_mve)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  list(APPEND aiot_kernel_folders x86_avx2)
endif()
list(TRANSFORM aiot_kernel_folders REPLACE "(.+)" "src/nn/\\1/*.cpp"
     OUTPUT_VARIABLE aiot_nn_extra_sources)

# Vector floats flush subnormals on the Cortex-M55: these folders compute floats in scalar registers.
if(AIOT_CPU STREQUAL "m55")
  file(GLOB aiot_scalar_float CONFIGURE_DEPENDS
       ${PROJECT_SOURCE_DIR}/src/dsp/*.cpp ${PROJECT_SOURCE_DIR}/src/decide/*.cpp
       ${PROJECT_SOURCE_DIR}/ports/sim/*.cpp)
  set_source_files_properties(${aiot_scalar_float} PROPERTIES COMPILE_OPTIONS
                              "-mcpu=cortex-m55+nomve.fp")
endif()
