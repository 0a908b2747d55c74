// The effects of the decision tables. Internal to properties/model*.
//
// Thread-safety: functions of the Step they are given.
#ifndef GROUPFUZZ_PROPERTIES_MODEL_MODEL_EFFECTS_H_
#define GROUPFUZZ_PROPERTIES_MODEL_MODEL_EFFECTS_H_

#include "properties/model/model_rows.h"

namespace groupfuzz::model::act {

// --- membership ---

void JoinAtBoot(Step& step);  // every device present
void Join(Step& step);        // the device; a group is made where there is none
void Leave(Step& step);       // the device; the group goes with the last one
void Leave61(Step& step);     // ... keeping its default domain for whoever still holds the group

// --- domains under 6.1 rules ---

void FirstDefault61(Step& step);   // a default domain for a group without one, nobody attached
void AttachAtBoot61(Step& step);   // everybody who is not deferred to the default domain
void Follow61(Step& step);         // the new device to domain, unless deferred
void AttachDefault61(Step& step);  // the new device to the default domain
void Replace61(Step& step);  // a new default domain of the target type, or DMA; everybody attached
void Block61(Step& step);    // everybody to the blocking domain
void Disown61(Step& step);   // no owner; everybody to the default domain
void Unblock61(Step& step);  // everybody to the default domain, if this write has claimed
void EditAndUnblock61(Step& step);  // EditInPlace, then Unblock61
void StrandOnBlocking(Step& step);  // domain says default, the hardware stays where it is
void AttachUser61(Step& step);      // everybody to the caller's domain
void ToCore61(Step& step);          // everybody to blocking if owned, else to default

// --- domains under 6.12 rules ---

void Setup612(Step& step);           // a new default domain of the target type; everybody switched
void SetupAndLeave612(Step& step);   // ... which the group keeps though the new device cannot stay
void RestoreDefault612(Step& step);  // everybody to the old default domain, deferred or not
void Follow612(Step& step);          // the new device to domain
void Block612(Step& step);           // everybody to the blocking domain
void BounceOffBlocking(Step& step);  // to the blocking domain until a member refuses, and back
void Disown612(Step& step);          // no owner; everybody to the default domain
void AttachUser612(Step& step);      // everybody to the caller's domain
void ToCore612(Step& step);          // everybody to blocking if owned, else to default

// --- common ---

inline constexpr Effect Nothing = nullptr;
void GiveUp(Step& step);           // a boot is taken back
void LoseTrack(Step& step);        // what happens is not specified
void KeepOrder(Step& step);        // of a lost model: the list order, which no snapshot shows
void EditInPlace(Step& step);      // DMA becomes DMA-FQ
void ResolveDevice61(Step& step);  // target from the first member's preference
void ResolveGroup61(Step& step);   // target from all members; a conflict counts as no preference
void ResolveGroup612(Step& step);  // target from all members; conflicts with untrusted refuse
void Finalize(Step& step);         // probe_finalize of the members
void AttachDeferred(Step& step);   // the device to the default domain
void Own(Step& step);              // owner = cookie, owner_cnt + 1
void CountUp(Step& step);
void CountDown(Step& step);
void Bind(Step& step);  // a driver is bound to the device
void Unbind(Step& step);
void BindAndCountUp(Step& step);
void UnbindAndCountDown(Step& step);
void AllocUser(Step& step);
void FreeUser(Step& step);
void StorePasid(Step& step);
void ErasePasid(Step& step);
void StoreHandle(Step& step);
void EraseHandle(Step& step);

}  // namespace groupfuzz::model::act

#endif  // GROUPFUZZ_PROPERTIES_MODEL_MODEL_EFFECTS_H_
