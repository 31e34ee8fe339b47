# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
#
# Which kernel back-ends enter the build, by the folders of src/nn/: one on a Cortex-M beside the
# reference (nearly all headers), on a host all that do not need its instructions.
if(AIOT_CPU MATCHES "^m(4|7)$")
  set(aiot_kernel_folder arm_dsp)
elseif(AIOT_CPU STREQUAL "m55")
  set(aiot_kernel_folder arm_mve)
else()
  set(aiot_kernel_folder plain)
endif()
set(aiot_nn_extra_sources src/nn/ref/*.cpp src/nn/${aiot_kernel_folder}/*.cpp)

# Kernels are where the instructions go: they are compiled for speed, also where the rest is not.
if(CMAKE_CROSSCOMPILING)
  file(GLOB aiot_kernel_sources CONFIGURE_DEPENDS
       ${PROJECT_SOURCE_DIR}/src/nn/${aiot_kernel_folder}/*.cpp)
  set_source_files_properties(${aiot_kernel_sources} PROPERTIES COMPILE_OPTIONS "-O2")
  # Their inner loops are assembly, or short: what is around them is compiled for size.
  if(aiot_kernel_folder STREQUAL "arm_dsp")
    set_source_files_properties(src/nn/arm_dsp/convolution.cpp src/nn/arm_dsp/depthwise.cpp
                                src/nn/arm_dsp/pool.cpp
                                PROPERTIES COMPILE_OPTIONS "-Os")
  endif()
endif()
# Vector floats flush subnormals on the Cortex-M55: these folders compute floats in scalar registers.
if(AIOT_CPU STREQUAL "m55")
  file(GLOB aiot_scalar_float CONFIGURE_DEPENDS
       ${PROJECT_SOURCE_DIR}/src/dsp/*.cpp ${PROJECT_SOURCE_DIR}/src/decide/*.cpp
       ${PROJECT_SOURCE_DIR}/src/nn/ref/*.cpp ${PROJECT_SOURCE_DIR}/ports/sim/*.cpp)
  set_source_files_properties(${aiot_scalar_float} PROPERTIES COMPILE_OPTIONS
                              "-mcpu=cortex-m55+nomve.fp")
endif()
# Transforms are compiled for speed, too; their loops walk over several blocks, which one pointer and
# offsets do with fewer registers than a pointer for each.
if(CMAKE_CROSSCOMPILING)
  set_property(SOURCE src/dsp/fft.cpp src/dsp/fft_scalar.cpp src/dsp/fft_q15.cpp APPEND PROPERTY
               COMPILE_OPTIONS -O2 -fno-ivopts)
endif()
# Which back-end the transforms in floats take, and which operations those in 16 bits.
set(aiot_fft $<IF:$<BOOL:${CMAKE_CROSSCOMPILING}>,scalar,lanes>)
set_property(SOURCE src/dsp/fft.cpp APPEND PROPERTY COMPILE_DEFINITIONS AIOT_FFT=${aiot_fft})
if(AIOT_CPU MATCHES "^m(4|7|55)$")
  set(aiot_q15 arm_dsp)
else()
  set(aiot_q15 plain)
endif()
set_property(SOURCE src/dsp/fft_q15.cpp APPEND PROPERTY COMPILE_DEFINITIONS
             AIOT_Q15_HEADER="src/dsp/q15_${aiot_q15}.hpp")

# And the filters: for size the compiler takes VMLA, one instruction but three cycles on a Cortex-M4,
# for speed VMUL and VADD, two.
if(CMAKE_CROSSCOMPILING)
  set_property(SOURCE src/dsp/decimate.cpp src/dsp/filter.cpp APPEND PROPERTY COMPILE_OPTIONS -O2)
endif()

# Tests of this build's back-end find its kernels by these.
set(aiot_backend_definitions AIOT_BACKEND=${aiot_kernel_folder}
    AIOT_BACKEND_HEADER="aiot/nn/${aiot_kernel_folder}/kernels.hpp")
