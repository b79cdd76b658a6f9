#include "gateway/smpp/link_tls.h"

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdexcept>

namespace tallyline::smpp {
namespace ssl = boost::asio::ssl;

std::shared_ptr<ssl::context> make_tls(const tls_settings& s) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  boost::system::error_code failed;
  const auto check = [&](const std::string& what, const std::string& file) {
    if (failed)
      throw std::runtime_error(fmt::format("tls: the {} {} cannot be used: {}", what, file, failed.message()));
  };
  if (s.ca.empty())
    context->set_default_verify_paths(failed);
  else
    context->load_verify_file(s.ca, failed);
  check("CA", s.ca.empty() ? "of the system" : s.ca);
  if (s.certificate.empty() != s.key.empty())
    throw std::runtime_error("tls: certificate and key belong together: give both or none");
  if (!s.certificate.empty()) {
    context->use_certificate_chain_file(s.certificate, failed);
    check("certificate", s.certificate);
    context->use_private_key_file(s.key, ssl::context::pem, failed);
    check("key", s.key);
  }
  context->set_verify_mode(s.verify ? ssl::verify_peer : ssl::verify_none);
  return context;
}

void prepare_tls(SSL* session, const tls_settings& s, const std::string& host) {
  const std::string& name = s.name.empty() ? host : s.name;
  boost::system::error_code no_address;
  boost::asio::ip::make_address(name, no_address);
  if (no_address) {
    SSL_set_tlsext_host_name(session, name.c_str());
    SSL_set1_host(session, name.c_str());
  } else {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), name.c_str());
  }
}

std::string tls_failure(SSL* session, const boost::system::error_code& failed) {
  const long verified = SSL_get_verify_result(session);
  switch (verified) {
  case X509_V_OK:
    break;
  case X509_V_ERR_HOSTNAME_MISMATCH:
  case X509_V_ERR_IP_ADDRESS_MISMATCH:
    return "TLS: the SMSC's certificate is made out to another name; if that is right, set tls.name to it";
  case X509_V_ERR_CERT_HAS_EXPIRED:
    return "TLS: the SMSC's certificate has expired; the operator must renew it";
  case X509_V_ERR_CERT_NOT_YET_VALID:
    return "TLS: the SMSC's certificate is not valid yet; is this machine's clock right?";
  default:
    return fmt::format("TLS: the SMSC's certificate is not trusted: {}; name the operator's CA in tls.ca",
                       X509_verify_cert_error_string(verified));
  }
  const int reason = ERR_GET_REASON(static_cast<unsigned long>(failed.value()));
  if (failed.category() == boost::asio::error::get_ssl_category()) {
    if (reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST)
      return "TLS: the SMSC does not speak TLS on this port";
    if (reason == SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE || reason == SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED ||
        reason == SSL_R_SSLV3_ALERT_BAD_CERTIFICATE || reason == SSL_R_TLSV1_ALERT_UNKNOWN_CA)
      return fmt::format(
          "TLS: the SMSC refused us ({}); it wants a certificate that it knows: tls.certificate, tls.key",
          failed.message());
  }
  if (failed == boost::asio::error::eof || failed == boost::asio::ssl::error::stream_truncated ||
      failed == boost::asio::error::connection_reset)
    return "TLS: the SMSC closed the connection during the handshake; does it speak TLS on this port?";
  return "TLS: " + failed.message();
}

} // namespace tallyline::smpp
