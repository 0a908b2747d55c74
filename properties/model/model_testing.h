// Short ways to say machines, calls and states in tests of the sequential model.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_PROPERTIES_MODEL_MODEL_TESTING_H_
#define GROUPFUZZ_PROPERTIES_MODEL_MODEL_TESTING_H_

#include <string_view>
#include <vector>

#include "properties/model/model.h"
#include "target/types/iommu_api.h"
#include "target/types/snapshot.h"

namespace groupfuzz::testing {

// --- calls ---

// The buffer lives until the process ends. Bytes past kMaxTextBytes must be NULs.
const WriteBuffer* Text(std::string_view bytes);
Call Store(std::string_view text, Capabilities capabilities = Capabilities::kBoth);
Call Show();
Call Use(uint8_t device);
Call Unuse(uint8_t device);
Call Claim(uint8_t cookie);
Call Release();
Call ClaimDevice(uint8_t device, uint8_t cookie);
Call ReleaseClaim(uint8_t device);
Call Alloc(uint8_t domain);
Call Attach(uint8_t domain);  // iommu_attach_group()
Call Detach(uint8_t domain);
Call On(Function function, uint8_t device, uint8_t domain = 0);
Call Pasid(Function function, uint8_t device, uint8_t domain, uint8_t pasid);
Call Handle(Function function, uint8_t domain, bool null_handle);
Call Add(uint8_t device);
Call Remove(uint8_t device);

// --- machines ---

// `devices` plain devices.
Configuration Machines(int devices);
Configuration WithDefault(DomainType type, int devices = 1);

// --- states ---

// A snapshot that Compare() finds equal to `model`.
Snapshot Render(const Model& model);

// The model of `design` after the calls of `before`.
Model After(const Configuration& configuration, DesignId design, const std::vector<Call>& before);

std::string_view NameOf(DesignId design);
const std::vector<DesignId>& AllDesigns();

}  // namespace groupfuzz::testing

#endif  // GROUPFUZZ_PROPERTIES_MODEL_MODEL_TESTING_H_
