// TLS of a bind: whom to trust and who we are, and what went wrong in words. Files are PEM.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <memory>
#include <string>

namespace tallyline::smpp {

struct tls_settings {
  bool on = false;
  std::string ca;               // whom to trust; empty: the system's
  std::string certificate, key; // ours, when the operator asks for one
  std::string name;             // what the SMSC's certificate must be made out to; empty: the host
  bool verify = true;           // false takes any certificate: for a test only
};

// Throws std::runtime_error that names the file that cannot be used.
std::shared_ptr<boost::asio::ssl::context> make_tls(const tls_settings& s);
// Sets the name to be checked and to be asked for (RFC 6066 3). `host` is used where no name is set.
void prepare_tls(SSL* session, const tls_settings& s, const std::string& host);
// Why a handshake failed, and what to do.
std::string tls_failure(SSL* session, const boost::system::error_code& failed);

} // namespace tallyline::smpp
