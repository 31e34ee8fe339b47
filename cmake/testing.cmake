# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
#
# Tests: one executable test_<folder> from tests/<folder>/*_test.cpp, on a host with GoogleTest, on a
# Cortex-M with the shim of tests/support under QEMU. Files named *_host_test.cpp stay on the host,
# those named *_target_test.cpp on the target; *_fpu_test.cpp take minutes where floats are emulated, and
# leave out cores without a floating-point unit.
# Seconds; the exhaustive runs of `./dev full` take longer.
set(aiot_test_timeout 900)
if(DEFINED ENV{AIOT_FULL})
  set(aiot_test_timeout 86400)
endif()

add_library(aiot_test_support INTERFACE)
target_include_directories(aiot_test_support INTERFACE ${PROJECT_SOURCE_DIR})

if(NOT aiot_on_target)
  # What a host test may know about its surroundings; the same for all, so that they share one
  # precompiled header.
  target_compile_definitions(aiot_test_support INTERFACE
    AIOT_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
    AIOT_BINARY_DIR="${PROJECT_BINARY_DIR}"
    AIOT_COMMAND="${PROJECT_BINARY_DIR}/aiot")
  target_link_libraries(aiot_test_support INTERFACE aiot_port_linux Threads::Threads)
endif()

if(AIOT_BUILD_TESTS AND NOT aiot_on_target)
  target_link_libraries(aiot_test_support INTERFACE GTest::gtest)
  add_library(aiot_test_main STATIC ${PROJECT_SOURCE_DIR}/tests/support/gtest_main.cpp)
  target_link_libraries(aiot_test_main PUBLIC aiot_headers aiot_test_support PRIVATE aiot_host_flags)
  target_precompile_headers(aiot_test_main PRIVATE <gtest/gtest.h>)
  # ccache needs to see through the precompiled header.
  target_compile_options(aiot_test_main PUBLIC $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endif()

# .tflite files for tests, fuzzers and benches, written without the product's schema.
if(NOT aiot_on_target AND AIOT_BUILD_TOOLS)
  file(GLOB tflite_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/support/tflite_*.cpp)
  add_library(aiot_test_tflite STATIC ${tflite_sources})
  target_link_libraries(aiot_test_tflite PUBLIC aiot_core PRIVATE aiot_host_flags aiot_schema)
  target_include_directories(aiot_test_tflite PUBLIC ${PROJECT_SOURCE_DIR})
endif()

# aiot_test(<folder> [LINKS <target>...] [BOARDS <cpu>...]): BOARDS are the cores on which the folder's
# tests run as well.
function(aiot_test folder)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LINKS;BOARDS")
  set(name test_${folder})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${folder}/*_test.cpp)
  if(aiot_on_target)
    list(FILTER sources EXCLUDE REGEX "_host_test\\.cpp$")
    if(NOT AIOT_CPU MATCHES "^m(4|7|55)$")
      list(FILTER sources EXCLUDE REGEX "_fpu_test\\.cpp$")
    endif()
    if(NOT AIOT_CPU IN_LIST arg_BOARDS OR NOT COMMAND aiot_board_executable)
      return()
    endif()
  else()
    list(FILTER sources EXCLUDE REGEX "_target_test\\.cpp$")
  endif()
  if(NOT sources)
    return()
  endif()
  if(aiot_on_target)
    aiot_board_test(${name} ${sources})
  else()
    add_executable(${name} ${sources})
    target_link_libraries(${name} PRIVATE aiot_test_main)
    target_precompile_headers(${name} REUSE_FROM aiot_test_main)
    add_test(NAME ${folder} COMMAND ${name} --gtest_brief=1)
    set_tests_properties(${folder} PROPERTIES TIMEOUT ${aiot_test_timeout})
  endif()
  target_link_libraries(${name} PRIVATE ${arg_LINKS} aiot_test_support aiot_host_flags)
endfunction()

# aiot_board_test(<name> <sources>...): the same sources as a firmware, run by QEMU.
function(aiot_board_test name)
  set(board qemu_${AIOT_CPU})
  set(support ${PROJECT_SOURCE_DIR}/tests/support)
  aiot_board_executable(${name} ${board} ${ARGN}
                        ${support}/target_main.cpp ${support}/target_board.cpp)
  string(REGEX REPLACE "^test_" "" folder ${name})
  aiot_add_board_test(${folder} ${board} ${name})
endfunction()

# aiot_fuzz(<name> LINKS <target>...): tests/fuzz/<name>_fuzz.cpp as fuzz_<name>; its test replays the
# committed corpus. Longer runs: ./dev fuzz <name>.
function(aiot_fuzz name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LINKS")
  add_executable(fuzz_${name} ${PROJECT_SOURCE_DIR}/tests/fuzz/${name}_fuzz.cpp)
  target_link_libraries(fuzz_${name} PRIVATE ${arg_LINKS} aiot_test_support aiot_host_flags)
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  file(GLOB corpus ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name})
  add_test(NAME fuzz_${name} COMMAND fuzz_${name} -runs=0 ${corpus})
endfunction()

# aiot_compile_fail(<source>): the file compiles, and fails with its EXPECT texts when misused.
function(aiot_compile_fail source)
  cmake_path(GET source STEM name)
  set(command ${CMAKE_CXX_COMPILER} -std=c++20 -Wall -Werror -I${PROJECT_SOURCE_DIR}/include)
  add_test(NAME compile_fail_${name} COMMAND ${CMAKE_COMMAND} -DSOURCE=${source}
           "-DCOMMAND=${command}" -P ${PROJECT_SOURCE_DIR}/tests/compile_fail/check.cmake)
endfunction()

# aiot_consumer(<name> <folder> <cmake arguments>...): a project outside of this one that uses it.
function(aiot_consumer name folder)
  add_test(NAME consumer_${name} COMMAND ${CMAKE_CTEST_COMMAND}
    --build-and-test ${PROJECT_SOURCE_DIR}/tests/consumer/${folder}
                     ${PROJECT_BINARY_DIR}/consumer/${name}
    --build-generator Ninja --build-noclean --build-options -DAIOT_DIR=${PROJECT_SOURCE_DIR} ${ARGN})
  set_tests_properties(consumer_${name} PROPERTIES TIMEOUT 900)
endfunction()

# aiot_failing_test(<name> <command>...): proves that failures reach the last line and the exit code.
# tests/support/shim_test.cpp fails in three of four tests; by the names tools/count_tests.py knows them.
function(aiot_failing_test name)
  add_test(NAME ${name}_prints COMMAND ${ARGN})
  set_tests_properties(${name}_prints PROPERTIES PASS_REGULAR_EXPRESSION "\n1 passed, 3 failed\n")
  add_test(NAME ${name}_exits COMMAND ${ARGN})
  set_tests_properties(${name}_exits PROPERTIES WILL_FAIL ON)
endfunction()

if(AIOT_BUILD_TESTS AND NOT aiot_on_target)
  set(shim_sources ${PROJECT_SOURCE_DIR}/tests/support/shim_test.cpp
                   ${PROJECT_SOURCE_DIR}/tests/support/target_main.cpp)
  foreach(name shim_passes shim_fails)
    add_executable(${name} ${shim_sources})
    target_link_libraries(${name} PRIVATE aiot_core aiot_device_flags)
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
    target_compile_definitions(${name} PRIVATE AIOT_TEST_SHIM)
  endforeach()
  target_compile_definitions(shim_passes PRIVATE AIOT_TEST_ALL_PASS)
  add_test(NAME shim_passes COMMAND shim_passes)
  aiot_failing_test(shim_fails shim_fails)
  add_executable(gtest_fails ${PROJECT_SOURCE_DIR}/tests/support/shim_test.cpp)
  target_link_libraries(gtest_fails PRIVATE aiot_test_main aiot_host_flags)
  aiot_failing_test(gtest_fails gtest_fails)
endif()
if(AIOT_BUILD_TESTS AND COMMAND aiot_board_executable)
  aiot_board_test(board_fails ${PROJECT_SOURCE_DIR}/tests/support/shim_test.cpp)
  target_link_libraries(board_fails PRIVATE aiot_headers aiot_host_flags)
  set_tests_properties(board_fails PROPERTIES
                       PASS_REGULAR_EXPRESSION "\n1 passed, 3 failed\r?\n")
  aiot_add_board_test(board_fails_exits qemu_${AIOT_CPU} board_fails)
  set_tests_properties(board_fails_exits PROPERTIES WILL_FAIL ON)
endif()

set(all_cores m3 m4 m55)
set(all_modules aiot_aiot aiot_port_sim aiot_packages)
if(AIOT_BUILD_TOOLS)
  list(APPEND all_modules aiot_toolkit aiot_json aiot_cbor)
  if(NOT aiot_on_target)
    list(APPEND all_modules aiot_test_tflite)
  endif()
endif()
if(AIOT_BUILD_TESTS)
  aiot_test(core LINKS aiot_core BOARDS m0 ${all_cores})
  aiot_test(hal LINKS aiot_hal aiot_port_sim BOARDS ${all_cores})
  aiot_test(dsp LINKS aiot_dsp aiot_port_sim BOARDS ${all_cores})
  aiot_test(nn LINKS aiot_nn BOARDS m0 ${all_cores})
  aiot_test(nn_plain LINKS aiot_nn BOARDS m0 m3)
  if(TARGET test_nn)
    target_compile_definitions(test_nn PRIVATE ${aiot_backend_definitions})
  endif()
  aiot_test(decide LINKS aiot_decide BOARDS ${all_cores})
  aiot_test(record LINKS aiot_record $<$<NOT:$<BOOL:${aiot_on_target}>>:aiot_cbor> BOARDS ${all_cores})
  aiot_test(crypto LINKS aiot_crypto BOARDS ${all_cores})
  if(aiot_on_target AND COMMAND aiot_board_executable AND NOT AIOT_CPU STREQUAL "m0")
    # The same tests of the small build; what it does not have, signing, is Mbed TLS's.
    add_library(aiot_crypto_signer OBJECT src/crypto/signature.cpp)
    target_compile_definitions(aiot_crypto_signer PRIVATE verify_p256=verify_p256_of_mbedtls)
    target_link_libraries(aiot_crypto_signer PRIVATE aiot_headers aiot_device_flags aiot_mbedcrypto)
    file(GLOB crypto_tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/crypto/*_test.cpp)
    list(FILTER crypto_tests EXCLUDE REGEX "_host_test\\.cpp$|rsa")
    aiot_board_test(test_crypto_small ${crypto_tests})
    target_link_libraries(test_crypto_small PRIVATE aiot_crypto_signer aiot_crypto_small aiot_crypto
                          aiot_test_support aiot_host_flags)
  endif()
  aiot_test(model LINKS aiot_model $<TARGET_NAME_IF_EXISTS:aiot_toolkit>)
  aiot_test(store LINKS aiot_store aiot_port_sim BOARDS ${all_cores})
  aiot_test(link LINKS aiot_link aiot_port_sim BOARDS ${all_cores})
  aiot_test(update LINKS aiot_update aiot_port_sim BOARDS ${all_cores})
  aiot_test(device LINKS ${all_modules} BOARDS ${all_cores})
  aiot_test(capi LINKS aiot_capi aiot_port_sim)
  aiot_test(contract LINKS aiot_hal aiot_core aiot_port_sim BOARDS ${all_cores})
  aiot_test(ports LINKS aiot_hal aiot_port_sim $<$<NOT:$<BOOL:${aiot_on_target}>>:aiot_mbedtls>)
  aiot_test(toolkit LINKS ${all_modules})
  aiot_test(cli LINKS ${all_modules})
  aiot_test(powercut LINKS ${all_modules})
  aiot_test(golden LINKS ${all_modules})
  aiot_test(e2e LINKS ${all_modules})
  aiot_test(headers LINKS aiot_headers)
  if(TARGET test_toolkit)
    # The header of a network, made by the build and compiled into the tests.
    set(generated ${PROJECT_BINARY_DIR}/generated)
    add_executable(make_header ${PROJECT_SOURCE_DIR}/tests/toolkit/make_header.cpp)
    target_link_libraries(make_header PRIVATE aiot_toolkit aiot_test_support aiot_host_flags)
    add_custom_command(OUTPUT ${generated}/small_network.hpp
                       COMMAND ${CMAKE_COMMAND} -E make_directory ${generated}
                       COMMAND make_header > ${generated}/small_network.hpp)
    target_sources(test_toolkit PRIVATE ${generated}/small_network.hpp)
    target_include_directories(test_toolkit PRIVATE ${generated})
  endif()
  foreach(name test_cli test_golden test_e2e)
    if(TARGET ${name} AND TARGET aiot)
      add_dependencies(${name} aiot)
    endif()
  endforeach()
endif()
# Once is enough for what does not depend on sanitizers or optimisation.
if(AIOT_BUILD_TESTS AND NOT aiot_on_target AND CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  file(GLOB misuses CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/compile_fail/*.cpp)
  foreach(misuse IN LISTS misuses)
    aiot_compile_fail(${misuse})
  endforeach()
  aiot_consumer(library library -DCMAKE_CXX_COMPILER_LAUNCHER=${AIOT_CCACHE})
  aiot_consumer(headers headers --test-command headers)
  find_program(AIOT_PYTHON python3)
  if(AIOT_PYTHON)
    if(AIOT_BUILD_SHARED)
      add_test(NAME capi_abi
               COMMAND ${AIOT_PYTHON} ${PROJECT_SOURCE_DIR}/tests/capi/check_abi.py $<TARGET_FILE:aiot_shared>
                       ${CMAKE_C_COMPILER} ${CMAKE_CXX_COMPILER})
      add_test(NAME capi_ffi
               COMMAND ${AIOT_PYTHON} ${PROJECT_SOURCE_DIR}/tests/capi/ffi.py $<TARGET_FILE:aiot_shared>
                       ${PROJECT_SOURCE_DIR}/models/machine.aipk)
    endif()
    if(AIOT_BUILD_SHARED AND TARGET aiot)
      add_test(NAME consumer_installed
               COMMAND ${AIOT_PYTHON} ${PROJECT_SOURCE_DIR}/tests/consumer/installed/run.py
                       ${PROJECT_BINARY_DIR} ${CMAKE_COMMAND} ${CMAKE_C_COMPILER} ${CMAKE_CXX_COMPILER})
      set_tests_properties(consumer_installed PROPERTIES TIMEOUT 600)
    endif()
    add_test(NAME public_headers
             COMMAND ${AIOT_PYTHON} ${PROJECT_SOURCE_DIR}/tools/check_headers.py ${CMAKE_CXX_COMPILER})
    set_tests_properties(public_headers PROPERTIES PROCESSORS 2)
    if(TARGET aiot)
      add_test(NAME command_broker
               COMMAND ${AIOT_PYTHON} ${PROJECT_SOURCE_DIR}/tests/cli/command_broker.py $<TARGET_FILE:aiot>)
      set_tests_properties(command_broker PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 600)
    endif()
    add_test(NAME python_tools COMMAND ${AIOT_PYTHON} -m unittest discover -s tests/tools -p "*_test.py"
             WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  endif()
endif()
if(AIOT_BUILD_TESTS AND AIOT_CPU STREQUAL "m0")
  aiot_consumer(headers_m0 headers -DCMAKE_TOOLCHAIN_FILE=${CMAKE_TOOLCHAIN_FILE} -DAIOT_CPU=m0)
endif()
if(AIOT_BUILD_TESTS AND NOT aiot_on_target)
  add_subdirectory(tests/forward)
endif()
if(AIOT_BUILD_TESTS AND AIOT_BUILD_EXAMPLES AND NOT aiot_on_target)
  add_subdirectory(tests/examples)
endif()
if(AIOT_BUILD_TESTS)
  add_subdirectory(tests/nn_cases)
  add_subdirectory(tests/image_vectors)
  add_subdirectory(bench/nn)
  add_subdirectory(bench/dsp)
  add_subdirectory(bench/store)
  add_subdirectory(bench/link)
endif()
if(AIOT_BUILD_FUZZERS)
  file(GLOB fuzzers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/fuzz/*_fuzz.cpp)
  foreach(fuzzer IN LISTS fuzzers)
    cmake_path(GET fuzzer FILENAME fuzzer)
    string(REPLACE "_fuzz.cpp" "" fuzzer ${fuzzer})
    aiot_fuzz(${fuzzer} LINKS ${all_modules})
  endforeach()
endif()
