import { noteHttpDeletion } from '../../programs/http.ts';
import { isLocalHost } from '../../programs/network.ts';
import { CREDENTIAL, GAP, LOCAL, UNVERIFIED } from '../../value.ts';
import { sendOut } from '../../writes.ts';
import { fetched, readFile, writeFile } from '../dotnet.ts';
import type { CmdletReader } from '../shell.ts';
import { NO_THING, oneValue, type Thing, textOf, thing, unknownOf } from '../things.ts';

/** Invoke-WebRequest, Invoke-RestMethod. */
const request: CmdletReader = {
  takes:
    'Uri* Method OutFile Body InFile Form Headers ContentType UserAgent UseBasicParsing! SkipCertificateCheck! Credential WebSession SessionVariable TimeoutSec MaximumRedirection Proxy ProxyCredential ProxyUseDefaultCredentials! UseDefaultCredentials! DisableKeepAlive! Certificate CertificateThumbprint TransferEncoding CustomMethod FollowRelLink! Token Authentication SslProtocol SkipHttpErrorCheck! Resume! PassThru! RetryIntervalSec MaximumRetryCount HttpVersion SkipHeaderValidation! AllowUnencryptedAuthentication! StatusCodeVariable ResponseHeadersVariable',
  run({ call, parameters, piped }) {
    const urls = parameters.get('Uri')?.items ?? piped?.items ?? [];
    const remote = urls.filter(({ text }) => !isLocalHost(text));
    const unverified = parameters.has('SkipCertificateCheck') && remote.length > 0;
    if (unverified) call.effect('disable-protection', { targetText: 'TLS verification', traits: ['unverified'] });
    const where = remote[0]?.text ?? '';
    if (remote.length > 0) {
      const file = parameters.get('InFile')?.items ?? [];
      for (const path of file) {
        const data = oneValue(readFile(call, path));
        sendOut(call, { ...data, taint: data.taint | LOCAL }, where);
      }
      for (const name of ['Body', 'Form', 'Uri', 'Headers']) {
        const data = oneValue(parameters.get(name) ?? (name === 'Body' && parameters.get('Uri') !== undefined ? piped : undefined));
        sendOut(call, data, where);
      }
    }
    const method = textOf(parameters.get('Method', 'CustomMethod')).toUpperCase();
    noteHttpDeletion(call, method === '' ? 'GET' : method, urls);
    const data = { text: GAP, taint: fetched(urls) | (unverified ? UNVERIFIED : 0), glob: false };
    const to = parameters.get('OutFile')?.items[0];
    if (to === undefined) return thing(data);
    return writeFile(call, to, data, false);
  },
};

const transfer: CmdletReader = {
  takes: 'Source* Destination* DisplayName Description TransferType Asynchronous! Priority Credential ProxyUsage',
  run({ call, parameters }) {
    const sources = parameters.get('Source')?.items ?? [];
    const to = parameters.get('Destination')?.items[0];
    if (/^upload/i.test(textOf(parameters.get('TransferType'))) || /^https?:/i.test(to?.text ?? '')) {
      for (const path of sources) {
        const data = oneValue(readFile(call, path));
        sendOut(call, { ...data, taint: data.taint | LOCAL }, to?.text ?? '');
      }
      return NO_THING;
    }
    if (to !== undefined) writeFile(call, to, { text: GAP, taint: fetched(sources), glob: false }, false);
    return NO_THING;
  },
};

const mail: CmdletReader = {
  takes: 'To* Subject* Body* SmtpServer* From Attachments Cc Bcc Credential UseSsl! Port BodyAsHtml! Encoding Priority',
  run({ call, parameters, piped }) {
    const to = textOf(parameters.get('To', 'SmtpServer'));
    for (const path of (parameters.get('Attachments') ?? piped)?.items ?? []) {
      const data = oneValue(readFile(call, path));
      sendOut(call, { ...data, taint: data.taint | LOCAL }, to);
    }
    sendOut(call, oneValue(parameters.get('Body')), to);
    return NO_THING;
  },
};

/** New-Object: what it is made from goes with it; a socket is in a peer's hands. */
const newObject: CmdletReader = {
  takes: 'TypeName* ArgumentList* ComObject Property Strict!',
  run({ call, parameters }): Thing {
    const type = textOf(parameters.get('TypeName', 'ComObject'))
      .toLowerCase()
      .replace(/^system\./, '');
    const given = unknownOf(parameters.get('ArgumentList'), parameters.get('Property'));
    if (type === 'net.sockets.tcpclient' || type === 'net.sockets.udpclient') {
      const host = textOf(parameters.get('ArgumentList'));
      if (!isLocalHost(host)) call.effect('reverse-shell', { target: 'none', targetText: host.slice(0, 160), traits: ['remote'] });
    }
    return { items: given.items, type };
  },
};

const secret: CmdletReader = {
  takes: 'SecureString* String* AsPlainText! Force! Key Path LiteralPath Name Vault',
  run({ name, call, parameters, piped }): Thing {
    // A password in the open is typed or generated; one that is taken out of its protection is a secret.
    if (name === 'convertto-securestring') return literalThing(parameters.get('String') ?? piped);
    call.effect('read-credential', { target: 'credential', targetText: name });
    return { items: [{ text: GAP, taint: CREDENTIAL | LOCAL, glob: false }] };
  },
};

function literalThing(of: Thing | undefined): Thing {
  return { ...unknownOf(of), type: 'securestring' };
}

export const WEB_CMDLETS: Readonly<Record<string, CmdletReader>> = {
  'invoke-webrequest': request,
  'invoke-restmethod': request,
  'start-bitstransfer': transfer,
  'send-mailmessage': mail,
  'new-object': newObject,
  'convertto-securestring': secret,
  'convertfrom-securestring': secret,
  'get-secret': secret,
  'get-azkeyvaultsecret': secret,
  'get-adreplaccount': secret,
  'get-laps-adpassword': secret,
  'get-lapsadpassword': secret,
  'export-pfxcertificate': secret,
};
