/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Runs a batch of bodies under qemu-aarch64 (user mode, one process for the batch): the reference.
 */
#ifndef TESTS_DIFFERENTIAL_BODY_QEMU_HPP
#define TESTS_DIFFERENTIAL_BODY_QEMU_HPP

#include <string>
#include <vector>

#include "tests/differential/body_frame.hpp"

namespace differential {

/* False, with a reason, when QEMU did not deliver: then nothing can be said about any body. */
bool batch_run_qemu(const std::vector<body> &bodies, batch_result *out, std::string *why_not);

} // namespace differential

#endif
