// What a program of one thread must see: the sequential model with the users of the group in front
// of it.
//
// It is the model of the RapidCheck state machine (properties/suites/op_commands.h) and tells
// generators which ops have something to do. It takes the same ops as a System, through the same
// Users, but behind them is no code: only decision tables. A copy goes on from where the original
// is.
//
// Guarantees: Perform returns what the op must return on every design that is judged as `design`,
// as long as sure(). It is not sure after a call whose result docs/behaviour.md leaves open.
//
// Thread-safety: plain value; one OS thread.
#ifndef GROUPFUZZ_PROPERTIES_SUITES_REFERENCE_MACHINE_H_
#define GROUPFUZZ_PROPERTIES_SUITES_REFERENCE_MACHINE_H_

#include <cstdint>

#include "properties/model/model.h"
#include "target/designs/design.h"
#include "target/system/users.h"
#include "target/types/configuration.h"
#include "target/types/op.h"

namespace groupfuzz {

class ReferenceMachine {
 public:
  ReferenceMachine(const Configuration& configuration, DesignId design);
  ReferenceMachine(const ReferenceMachine& other);
  ReferenceMachine& operator=(const ReferenceMachine& other);

  // Performs `op` and returns what its user sees; kRefused where it has nothing to do.
  int64_t Perform(const Op& op);
  // Whether `op` has something to do now.
  bool Permits(const Op& op) const;

  // The functions themselves, for who calls them without asking whether a user may.
  IommuApi& api() { return api_; }
  // What the last call must return.
  const Outcome& outcome() const { return api_.outcome; }

  bool sure() const { return api_.sure && !api_.model.lost(); }
  const Model& model() const { return api_.model; }
  const Users& users() const { return users_; }
  const Configuration& configuration() const { return configuration_; }

 private:
  // The model as an IommuApi.
  class Api final : public IommuApi {
   public:
    explicit Api(const Model& initial) : model(initial) {}

    bool Provides(Function function) const override { return model.Provides(function); }
    int64_t Perform(const Call& call) override;

    Model model;
    Outcome outcome;
    bool sure = true;
  };

  // Nobody contends for a device here.
  class Bus final : public DriverCore {
   public:
    explicit Bus(Model& model) : model_(model) {}
    kernel::Mutex& device_lock(uint8_t) override { return lock_; }
    void SetBound(uint8_t device, bool bound) override { model_.SetBound(device, bound); }

   private:
    Model& model_;
    kernel::Mutex lock_{kernel::LockClass::kDevice};
  };

  Configuration configuration_;
  Api api_;
  Bus bus_;
  Users users_;
};

}  // namespace groupfuzz

#endif  // GROUPFUZZ_PROPERTIES_SUITES_REFERENCE_MACHINE_H_
