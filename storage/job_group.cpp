#include "storage/job_group.h"

namespace tallyline::storage {
namespace {

void finish(job_group& g, job& j) {
  const boost::system::error_code error = j.error == errc{} ? boost::system::error_code() : make_error_code(j.error);
  switch (j.kind) {
  case job_kind::save_draft:
  case job_kind::drop_draft:
  case job_kind::save_pin_state:
  case job_kind::save_language:
  case job_kind::save_notice:
  case job_kind::drop_notices:
  case job_kind::save_message:
  case job_kind::drop_message:
  case job_kind::save_call:
    if (const auto& done = std::get<store::saved>(j.done)) done(error);
    return;
  case job_kind::load_draft:
    if (const auto& done = std::get<store::loaded>(j.done)) error ? done(error) : done(std::move(g.texts[j.extra]));
    return;
  case job_kind::submit:
    if (const auto& done = std::get<store::recorded>(j.done))
      error ? done(error) : done(std::move(g.submissions[j.extra].came));
    return;
  case job_kind::submit_site:
    if (const auto& done = std::get<store::site_decided>(j.done))
      error ? done(error) : done(std::move(g.site_submissions[j.extra].came));
    return;
  case job_kind::load_past:
    if (const auto& done = std::get<store::past_loaded>(j.done))
      error ? done(error) : done(std::move(g.pasts[j.extra]));
    return;
  case job_kind::load_opening:
    if (const auto& done = std::get<store::opened>(j.done))
      error ? done(error) : done(std::move(g.openings[j.extra].came));
    return;
  case job_kind::decide:
    if (const auto& done = std::get<job::made>(j.done)) error ? done(error) : done(std::move(g.rulings[j.extra].came));
    return;
  case job_kind::load_pin_state:
    if (const auto& done = std::get<job::pin_loaded>(j.done)) error ? done(error) : done(g.pins[j.extra]);
    return;
  }
}

} // namespace

void finish_jobs(job_group& g) {
  for (job& j : g.jobs)
    finish(g, j);
}

} // namespace tallyline::storage
