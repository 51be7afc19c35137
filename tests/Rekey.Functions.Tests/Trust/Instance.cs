using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Rekey.Blocking.Record;
using Rekey.Configuration;
using Rekey.Functions.Blocking;
using Rekey.Functions.Hosting.Monitoring;
using Rekey.Functions.Trust;
using Rekey.Ledgers;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;
using Rekey.Tests.Doubles.Storage;
using Rekey.Tests.Doubles.Vaults;
using Rekey.Trust.Documents;

namespace Rekey.Functions.Tests.Trust;

/// <summary>One instance of the app, freshly started over a company's stores.</summary>
internal sealed class Instance
{
    private readonly Company _company;
    private readonly IntrospectToken _introspect;

    public Instance(Company company, IDocumentSigner? signer = null)
    {
        _company = company;
        var (process, options, clock) = (company.NewProcess(), company.Options.Trust, company.Clock);
        var (documents, findings) = (new MemoryDocuments(company.Container, Fate.Immortal), company.Findings.For(Fate.Immortal));
        Line = new(process.Ledger);
        var views = new LedgerReader(Line);
        var blocks = new BlockLedger(Line, views);
        var reader = new ReadBlocklist(blocks, new MemoryBlockFiles(company.BlockFiles, Fate.Immortal), documents, findings, clock);
        Ledger = new(new(Line, views), blocks, options, clock, NullLogger<LedgerStanding>.Instance);
        var refusals = new DocumentRefusals(company.GovernedKeys, findings, clock, NullLogger<DocumentRefusals>.Instance);
        Trust = new(
            Ledger,
            new(company.GovernedKeys, new VaultClient(company.Vault, Fate.Immortal), findings, options, clock),
            documents,
            new(company.Signer, company.GovernedKeys, options, clock),
            options,
            refusals,
            clock,
            NullLogger<PublishedTrust>.Instance
        );
        Blocklist = new(
            Ledger,
            reader,
            documents,
            new(signer ?? company.Signer, company.GovernedKeys, options, clock),
            options,
            refusals,
            clock,
            NullLogger<PublishedBlocklist>.Instance
        );
        _introspect = new(Ledger, Trust, Blocklist, options, new CallOptions(), clock);
    }

    public QuietLedger Line { get; }

    public LedgerStanding Ledger { get; }

    public PublishedTrust Trust { get; }

    public PublishedBlocklist Blocklist { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A company that can be asked about tokens: trust list and blocklist are out.</summary>
    public static async Task<Company> CompanyAsync(Action<RekeyOptions>? configure = null)
    {
        var company = await Company.WithBaselineAsync(configure: configure);
        await company.NewProcess().PublishBlocklist.PublishAsync(Cancel);
        await company.NewProcess().Publish.PublishAsync(Cancel);
        return company;
    }

    /// <summary>Whether the token counts.</summary>
    public async Task<bool> IsActiveAsync(string token)
    {
        using var reply = JsonDocument.Parse(await _introspect.RunAsync(token, Cancel));
        return reply.RootElement.GetProperty("active").GetBoolean();
    }

    /// <summary>Thumbprints in the JWKS of the first issuer.</summary>
    public async Task<IReadOnlyList<string>> JwksAsync() =>
        [.. PublicAddress.Jwks((await Trust.ViewAsync(Cancel)).Jwks("login").Content).Select(k => k.Key.Thumbprint)];

    /// <summary>A token by a version of the first key.</summary>
    public static string Mint(Company company, VaultVersion by, string jti = "t-1")
    {
        static string Part(object value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));
        var now = company.Now.ToUnixTimeSeconds();
        var header = Part(new { alg = "ES256", kid = by.Public.PublicKey.Thumbprint });
        var claims = new
        {
            iss = "https://login.example",
            aud = "shop",
            iat = now,
            exp = now + 600,
            jti,
        };
        var input = $"{header}.{Part(claims)}";
        var signature = by.Private.SignData(
            Encoding.ASCII.GetBytes(input),
            HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation
        );
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>Time passes in which nobody asks.</summary>
    public void Pause() => _company.Clock.Advance(2 * _company.Options.Trust.InstanceCache);
}
