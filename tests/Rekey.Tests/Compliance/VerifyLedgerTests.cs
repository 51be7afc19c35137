using Rekey.Compliance;
using Rekey.Findings;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Compliance;

/// <summary>The past cannot be rewritten unseen (T25).</summary>
public sealed class VerifyLedgerTests
{
    private readonly MemoryCheckpoints _checkpoints = new();
    private readonly DocumentSigner _signer = new();

    [Fact]
    public async Task A_whole_ledger_is_promised_once_and_stays_whole()
    {
        var company = await Company.WithBaselineAsync();
        var lines = await VerifyAsync(company);
        Assert.True(lines > 3);
        Assert.Single(_checkpoints.Documents);
        Assert.Equal(lines + 1, await VerifyAsync(company));
        Assert.Single(_checkpoints.Documents);
        Assert.DoesNotContain("ledger-broken", company.Findings.Kinds);
    }

    [Fact]
    public async Task An_altered_byte_is_found()
    {
        var company = await Company.WithBaselineAsync();
        await VerifyAsync(company);
        var bytes = company.Blobs.Segments[0].Bytes;
        bytes[bytes.Count / 2] ^= 1;
        Assert.Null(await VerifyAsync(company));
        Assert.Equal(Severity.Critical, company.Findings.ById.Values.Single(f => f.Kind == "ledger-broken").Severity);
    }

    [Fact]
    public async Task A_history_that_was_written_anew_and_chains_perfectly_is_found_by_its_checkpoint()
    {
        var company = await Company.WithBaselineAsync();
        await VerifyAsync(company);
        var other = await Company.WithBaselineAsync();
        await other.NewProcess().Ledger.AppendAsync(new("later", "later", "later", new Dictionary<string, string>(StringComparer.Ordinal)), default);
        var forged = other.Blobs.Segments[0].Bytes;
        company.Blobs.Segments[0].Bytes.Clear();
        company.Blobs.Segments[0].Bytes.AddRange(forged);
        Assert.Null(await VerifyAsync(company));
        Assert.Contains("ledger-broken", company.Findings.Kinds);
    }

    [Fact]
    public async Task A_checkpoint_by_another_key_is_refused()
    {
        var company = await Company.WithBaselineAsync();
        await VerifyAsync(company);
        Assert.Null(await VerifyAsync(company, new DocumentSigner()));
        Assert.Contains("ledger-broken", company.Findings.Kinds);
    }

    [Fact]
    public async Task Without_a_checkpoint_key_the_chain_is_walked_and_that_is_a_finding()
    {
        var company = await Company.WithBaselineAsync();
        var verify = new VerifyLedger(company.NewProcess().Ledger, _checkpoints, company.Findings.For(Fate.Immortal), company.Estate, company.Clock);
        Assert.NotNull(await verify.RunAsync(default));
        Assert.Contains("ledger-without-checkpoints", company.Findings.Kinds);
    }

    private Task<long?> VerifyAsync(Company company, DocumentSigner? signer = null) => new VerifyLedger(company.NewProcess().Ledger, _checkpoints,
        company.Findings.For(Fate.Immortal), company.Estate, company.Clock, new(signer ?? _signer, _signer.Public.Thumbprint)).RunAsync(default);

    private sealed class MemoryCheckpoints : ICheckpoints
    {
        public Dictionary<long, ReadOnlyMemory<byte>> Documents { get; } = [];

        public Task KeepAsync(long lines, ReadOnlyMemory<byte> document, CancellationToken cancel)
        {
            Documents.TryAdd(lines, document);
            return Task.CompletedTask;
        }

        public async IAsyncEnumerable<ReadOnlyMemory<byte>> ListAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
        {
            await Task.CompletedTask;
            foreach (var document in Documents.Values.ToList())
            {
                yield return document;
            }
        }
    }
}
