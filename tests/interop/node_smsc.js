// node-smpp as the operator's SMSC: lets the gateway bind, plays a phone that reports a count, throttles a page, drops
// the link in the middle and lets it come back. Prints what it saw; exits 0 when the receipt came.
'use strict';
const smpp = require(require.resolve('smpp', { paths: [process.env.TALLYLINE_INTEROP] }));

const answers = ['1', '1234', '1', '120', '45', '7', '1'];
const fail = why => { console.error('node-smpp: ' + why); process.exit(1); };
const limit = setTimeout(() => fail('no receipt within 40 s'), 40000);
let binds = 0, throttled = 0, enquired = false, dropped = false;

function phone(session, number) {
  let at = 0, sequence = 0, refuse = number === 1 ? 2 : -1; // the third page of the first call is throttled once
  const its = () => Buffer.from([number, sequence]);
  const say = (op, text) => session.deliver_sm({
    service_type: 'USSD', source_addr_ton: 1, source_addr_npi: 1, source_addr: '989120000001', destination_addr: '140',
    short_message: Buffer.from(text, 'ascii'), data_coding: 0x0F, ussd_service_op: op, its_session_info: its(),
  }, r => { if (r.command_status !== 0) fail('our deliver_sm was refused: ' + r.command_status); });
  let pages = 0;
  session.on('submit_sm', pdu => {
    if (pages++ === refuse) {
      refuse = -1;
      ++throttled;
      return session.send(pdu.response({ command_status: smpp.ESME_RTHROTTLED }));
    }
    if (pdu.destination_addr !== '989120000001') fail('a page for ' + pdu.destination_addr);
    session.send(pdu.response({ message_id: 'm' + pages }));
    const text = pdu.short_message.message.toString();
    const info = pdu.its_session_info;
    if (info[0] !== number) fail('a page of another session');
    sequence = info[1] & 0xFE;
    if (pdu.ussd_service_op === 17) {
      if (!(info[1] & 1)) fail('the last page has no end bit');
      if (!/Receipt \d/.test(text)) fail('the last page is no receipt: ' + text);
      console.log('node-smpp: ' + text);
      session.enquire_link({}, () => {
        enquired = true;
        session.unbind(() => finish(session));
      });
      return;
    }
    if (pdu.ussd_service_op !== 2) fail('a page with op ' + pdu.ussd_service_op);
    if (number === 1 && at === 4) { // the line breaks in the middle of the count
      dropped = true;
      return session.socket.destroy();
    }
    // Called back: what was answered is still there; 1 goes on.
    if (/not finished/.test(text)) { at = 4; return say(18, '1'); }
    if (number === 2 && /PIN/.test(text)) return say(18, '1234');
    say(18, answers[at++]);
  });
  say(1, '*140#');
}

function finish(session) {
  clearTimeout(limit);
  session.close();
  if (!enquired || !dropped || throttled !== 1) fail(`enquired ${enquired}, dropped ${dropped}, throttled ${throttled}`);
  console.log(`node-smpp: ${binds} binds, ${throttled} page throttled, dropped once, unbound`);
  process.exit(0);
}

smpp.createServer(session => {
  session.on('error', () => {});
  session.on('enquire_link', pdu => session.send(pdu.response()));
  session.on('unbind', pdu => session.send(pdu.response()));
  session.on('bind_transceiver', pdu => {
    if (pdu.system_id !== 'tallyline' || pdu.password !== 'secret') fail('bound as ' + pdu.system_id);
    if (pdu.interface_version !== 0x50) fail('interface_version ' + pdu.interface_version);
    session.send(pdu.response({ system_id: 'node-smpp', sc_interface_version: 0x50 }));
    phone(session, ++binds);
  });
}).listen(Number(process.argv[2]), '127.0.0.1', () => console.log('node-smpp: listening'));
