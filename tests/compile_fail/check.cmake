# SPDX-FileCopyrightText: 2026 The aiot authors
# SPDX-License-Identifier: Apache-2.0
#
# cmake -DSOURCE=... -DCOMMAND=compiler;flags -P check.cmake
# The file must compile as it stands, and fail with every EXPECT text when AIOT_MISUSE is defined.
execute_process(COMMAND ${COMMAND} -fsyntax-only ${SOURCE} RESULT_VARIABLE status ERROR_VARIABLE text)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "does not compile without AIOT_MISUSE either:\n${text}")
endif()
execute_process(COMMAND ${COMMAND} -DAIOT_MISUSE -fsyntax-only ${SOURCE}
                RESULT_VARIABLE status ERROR_VARIABLE text)
if(status EQUAL 0)
  message(FATAL_ERROR "the misuse compiles")
endif()
file(STRINGS ${SOURCE} lines REGEX "^// EXPECT: ")
if(NOT lines)
  message(FATAL_ERROR "no line // EXPECT: in ${SOURCE}")
endif()
foreach(line IN LISTS lines)
  string(REPLACE "// EXPECT: " "" expected "${line}")
  string(FIND "${text}" "${expected}" position)
  if(position EQUAL -1)
    message(FATAL_ERROR "the misuse fails without saying '${expected}':\n${text}")
  endif()
endforeach()
