#include "server/domain/worklist_order.h"

namespace ecg::domain {

WorklistKey worklist_key(const Study& study, const Policy& policy) {
  return {study.priority, due_at(study, policy).value_or(Timestamp::max()),
          study.received_at.value_or(Timestamp::max()), study.id};
}

bool reads_before(const Study& a, const Study& b, const Policy& policy) {
  return worklist_key(a, policy) < worklist_key(b, policy);
}

}  // namespace ecg::domain
