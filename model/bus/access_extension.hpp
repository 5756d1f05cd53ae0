// SPDX-License-Identifier: BSD-3-Clause
//
// The one ignorable extension of every bus transaction: struct access. A target that does not know it sees an
// ordinary read or write of the generic payload; maintenance and grant requests go as TLM_IGNORE_COMMAND.
#ifndef MODEL_BUS_ACCESS_EXTENSION_HPP
#define MODEL_BUS_ACCESS_EXTENSION_HPP

#include <tlm>

#include "model/bus/access.h"

class access_extension : public tlm::tlm_extension<access_extension> {
public:
    struct access access {};

    tlm::tlm_extension_base *clone() const override { return new access_extension(*this); }
    void copy_from(const tlm::tlm_extension_base &other) override
    {
        access = static_cast<const access_extension &>(other).access;
    }
};

// A master that does not know the extension is a device outside the coherent domain.
inline struct access access_of_device(const tlm::tlm_generic_payload &payload)
{
    struct access access {};
    access.pa = access.va = payload.get_address();
    access.size = payload.get_data_length();
    access.op = payload.is_read() ? ACCESS_READ : ACCESS_WRITE;
    access.agent = AGENT_DEVICE;
    access.type = MEMORY_NORMAL_NC;
    access.shareability = SHAREABILITY_OUTER;
    return access;
}

// A payload with its extension, owned by an initiator and used for one transaction at a time.
class access_transaction {
public:
    access_transaction() { payload_.set_extension(&extension_); }
    ~access_transaction() { payload_.clear_extension(&extension_); }
    access_transaction(const access_transaction &) = delete;
    access_transaction &operator=(const access_transaction &) = delete;

    // Prepares the payload for `access` on `data` (access.size bytes; may be null for maintenance).
    tlm::tlm_generic_payload &prepare(const struct access &access, uint8_t *data)
    {
        extension_.access = access;
        payload_.set_command(command(access.op));
        payload_.set_address(access.pa);
        payload_.set_data_ptr(data);
        payload_.set_data_length(access.size);
        payload_.set_streaming_width(access.size);
        payload_.set_byte_enable_ptr(nullptr);
        payload_.set_dmi_allowed(false);
        payload_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
        return payload_;
    }
    const struct access &answer() const { return extension_.access; }

private:
    static tlm::tlm_command command(uint8_t op)
    {
        if (op == ACCESS_READ) {
            return tlm::TLM_READ_COMMAND;
        }
        return op == ACCESS_WRITE ? tlm::TLM_WRITE_COMMAND : tlm::TLM_IGNORE_COMMAND;
    }

    access_extension extension_;
    tlm::tlm_generic_payload payload_;
};

#endif
