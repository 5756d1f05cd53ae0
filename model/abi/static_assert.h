/* SPDX-License-Identifier: BSD-3-Clause */
/* static_assert for freestanding C11, where <assert.h> need not exist. */
#ifndef MODEL_ABI_STATIC_ASSERT_H
#define MODEL_ABI_STATIC_ASSERT_H

#if !defined(__cplusplus) && !defined(static_assert)
#define static_assert _Static_assert
#endif

#endif
