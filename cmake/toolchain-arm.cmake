# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
#
# arm-none-eabi for one core, chosen by AIOT_CPU.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR arm)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES AIOT_CPU)

set(CMAKE_C_COMPILER arm-none-eabi-gcc)
set(CMAKE_CXX_COMPILER arm-none-eabi-g++)
set(CMAKE_ASM_COMPILER arm-none-eabi-gcc)

if(AIOT_CPU STREQUAL "m0")
  set(aiot_cpu_flags "-mcpu=cortex-m0 -mfloat-abi=soft")
elseif(AIOT_CPU STREQUAL "m3")
  set(aiot_cpu_flags "-mcpu=cortex-m3 -mfloat-abi=soft")
elseif(AIOT_CPU STREQUAL "m4")
  set(aiot_cpu_flags "-mcpu=cortex-m4 -mfloat-abi=hard -mfpu=fpv4-sp-d16")
elseif(AIOT_CPU STREQUAL "m7")
  set(aiot_cpu_flags "-mcpu=cortex-m7 -mfloat-abi=hard -mfpu=fpv5-sp-d16")
elseif(AIOT_CPU STREQUAL "m55")
  set(aiot_cpu_flags "-mcpu=cortex-m55 -mfloat-abi=hard")
else()
  message(FATAL_ERROR "AIOT_CPU is '${AIOT_CPU}'; set it to m0, m3, m4, m7 or m55")
endif()

# The call graph with frame sizes is what tools/size_report.py computes the worst stack from.
set(aiot_arm_flags
    "-mthumb ${aiot_cpu_flags} -ffunction-sections -fdata-sections -fcallgraph-info=su")
set(CMAKE_C_FLAGS_INIT "${aiot_arm_flags}")
set(CMAKE_CXX_FLAGS_INIT "${aiot_arm_flags} -fno-use-cxa-atexit")
set(CMAKE_ASM_FLAGS_INIT "-mthumb ${aiot_cpu_flags}")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-Wl,--gc-sections")

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE NEVER)
