// SPDX-License-Identifier: MIT OR Apache-2.0
// What an analyzer needs to know of GPU memory to find at compile time what FA411 to FA415 report at
// run time. As the words of <framealloc/annotations.hpp>: attributes while an analyzer reads the
// code, nothing in a normal build.
#pragma once

#include <framealloc/annotations.hpp>

// On functions: the result is a buffer whose intent, lifetime and usage are those of the request that
// is an argument.
#define FRAMEALLOC_GPU_BUFFER FRAMEALLOC_ANNOTATE("gpu_buffer")
// On functions: the result is memory of the GPU frame that is open (FA411 where no transfer uses a
// staging buffer of it, FA415 where it is used after the frame). On parameters: has such memory anew
// when the call returns.
#define FRAMEALLOC_GPU_FRAME FRAMEALLOC_ANNOTATE("gpu_frame")
// On functions: begins and ends GPU frames of the allocator that it is called on.
#define FRAMEALLOC_BEGIN_GPU_FRAME FRAMEALLOC_ANNOTATE("begin_gpu_frame")
#define FRAMEALLOC_END_GPU_FRAME FRAMEALLOC_ANNOTATE("end_gpu_frame")
// On parameters: a copy is recorded that reads the buffer, or writes it. It needs TransferSrc or
// TransferDst (FA412), and has used the buffer (FA411).
#define FRAMEALLOC_GPU_READS FRAMEALLOC_ANNOTATE("gpu_reads")
#define FRAMEALLOC_GPU_WRITES FRAMEALLOC_ANNOTATE("gpu_writes")
// On functions: copies that were recorded are on their way when it returns; until a function with
// the second word has returned the CPU must not map what they touch (FA413).
#define FRAMEALLOC_GPU_SUBMITS FRAMEALLOC_ANNOTATE("gpu_submits")
#define FRAMEALLOC_GPU_WAITS FRAMEALLOC_ANNOTATE("gpu_waits")
// On functions: the CPU reads or writes the memory of the buffer that it is called on, which is not
// DeviceOnly (FA414), and of a frame that is not over (FA415).
#define FRAMEALLOC_GPU_MAPS FRAMEALLOC_ANNOTATE("gpu_maps")
