#include "gateway/smpp/smpp_link.h"

#include "gateway/smpp/link_impl.h"

namespace tallyline::smpp {

smpp_link::smpp_link(boost::asio::io_context& io, link_settings settings, handlers on)
    : impl_(std::make_shared<impl>(io, std::move(settings), std::move(on))) {
  impl_->check_settings();
}

smpp_link::~smpp_link() { impl_->die(); }

// Each call holds the link's inside for its length: a handler may destroy the link meanwhile.
void smpp_link::start() {
  const auto held = impl_;
  held->step({bind_event::start});
}

void smpp_link::stop(std::function<void()> done) {
  const auto held = impl_;
  if (done) held->stop_done.push_back(std::move(done));
  held->step({bind_event::stop});
}

bool smpp_link::bound() const { return impl_->fsm.state() == bind_state::bound; }

std::uint64_t smpp_link::ticket() const { return impl_->ticket; }
void smpp_link::respond(std::uint64_t ticket, status s) { impl_->respond_later(ticket, s); }
std::string_view smpp_link::message_id() const { return impl_->message_id; }
bool smpp_link::can_submit() const { return impl_->can_submit(); }
std::size_t smpp_link::unanswered() const { return impl_->requests.size(); }
std::size_t smpp_link::waiting() const { return impl_->waiting_count(); }
const link_settings& smpp_link::settings() const { return impl_->settings; }
bool smpp_link::submit(const message& m, std::uint64_t token, command as, urgency how) {
  return impl_->submit(m, token, as, how);
}

void smpp_link::flush() { impl_->flush(); }

const link_counters& smpp_link::counters() const { return impl_->counters; }

} // namespace tallyline::smpp
