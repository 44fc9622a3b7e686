# SPDX-License-Identifier: MIT OR Apache-2.0
# Runs PROGRAM and compares what it writes to its standard output with the file EXPECTED:
#   cmake -DPROGRAM=... -DEXPECTED=... -P CompareOutput.cmake
execute_process(COMMAND "${PROGRAM}" OUTPUT_VARIABLE output RESULT_VARIABLE code)
file(READ "${EXPECTED}" expected)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} ended with ${code}\n${output}")
endif()
if(NOT output STREQUAL expected)
  message(FATAL_ERROR "${PROGRAM} wrote\n${output}\nand ${EXPECTED} has\n${expected}")
endif()
