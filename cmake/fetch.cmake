# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
#
# aiot_fetch_source(<variable> <source> <Debian package> <file of it>): sets the cache variable to the
# folder of a library's source; unless the user has, it is fetched once with apt-get source.
function(aiot_fetch_source variable source package file)
  set(${variable} "" CACHE PATH "Source of ${source}; empty: fetched with apt-get source")
  if(NOT ${variable})
    set(cache_home $ENV{XDG_CACHE_HOME})
    if(NOT cache_home AND NOT "$ENV{HOME}" STREQUAL "")
      set(cache_home $ENV{HOME}/.cache)
    endif()
    if(NOT cache_home)
      set(cache_home ${PROJECT_SOURCE_DIR}/build/deps)
    endif()
    message(STATUS "Source of ${source} (fetched once into ${cache_home}/aiot)")
    execute_process(COMMAND ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/fetch_source.sh ${source} ${package}
                            ${cache_home}/aiot
                    OUTPUT_VARIABLE fetched OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE status)
    if(NOT status EQUAL 0)
      message(FATAL_ERROR "aiot: no source of ${source}; pass -D${variable}=DIR")
    endif()
    set(${variable} ${fetched} CACHE PATH "" FORCE)
  endif()
  if(NOT EXISTS ${${variable}}/${file})
    message(FATAL_ERROR "aiot: ${variable}=${${variable}} is no source of ${source}")
  endif()
endfunction()
