// Events and states of one execution in words, for records that two builds are compared by.
//
// Kinds, functions, locks, warnings, failures and results are said by name: a record must not move
// when enumerators do, nor where objects lie. Domains are named in order of appearance, D0, D1 and
// so on. Lines of the kernel's source are left out: they move with the package it comes from.
//
// Thread-safety: plain values.
#ifndef GROUPFUZZ_HARNESS_RECORD_EVENT_WORDS_H_
#define GROUPFUZZ_HARNESS_RECORD_EVENT_WORDS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "target/types/domain_type.h"
#include "target/types/event.h"
#include "target/types/snapshot.h"

namespace groupfuzz::record {

// "T1.2", "boot"
void AppendStep(uint8_t thread, uint8_t op, std::string* out);

// Appends to the text of one execution, which gives domains their names.
class Writer {
 public:
  explicit Writer(std::string* out) : out_(*out) {}

  // "T1.2 attach dev0 D1 = -ENOMEM holding group->mutex"
  void Write(const Event& event);
  // One line of the group, one a device that says anything.
  void Write(const Snapshot& state);

 private:
  void WriteDomain(DomainId id);
  void WriteRef(const DomainRef& domain);
  void WriteValue(const Event& event);
  void Write(uint8_t device, const DeviceSnapshot& state);

  std::string& out_;
  std::vector<DomainId> domains_;  // in order of appearance
};

}  // namespace groupfuzz::record

#endif  // GROUPFUZZ_HARNESS_RECORD_EVENT_WORDS_H_
