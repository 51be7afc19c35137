using System.Text;
using Rekey.Ledgers;
using Rekey.Rotations;
using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;
using Rekey.Trust.Documents;

namespace Rekey.Tests.Trust;

/// <summary>Somebody can write to the container of published documents: what they put there does not stay, and is seen (T9).</summary>
public sealed class AlteredDocumentTests
{
    [Fact]
    public async Task A_list_that_is_put_back_is_replaced_under_a_number_that_gateways_take()
    {
        var company = await Company.WithBaselineAsync();
        var old = company.Container.Current[TrustDocuments.TrustListName];
        await company.NewProcess().OrderAsync("departure-1", Urgency.Immediate);
        await company.NewProcess().GoAsync();
        var (seen, barred) = (company.TrustList.Sequence, Assert.Single(company.TrustList.Revoked));

        company.Container.Alter(TrustDocuments.TrustListName, old.Content.ToArray());
        await company.NewProcess().Publish.PublishAsync(default);

        Assert.True(company.TrustList.Sequence > seen, $"A gateway that has seen {seen} takes no {company.TrustList.Sequence}.");
        Assert.Contains(barred, company.TrustList.Revoked);
        Assert.Contains("document-altered", company.Findings.Kinds);
        Rekey.Tests.Endurance.WorldOutcome.MustHold(company);
    }

    [Fact]
    public async Task A_list_that_says_the_same_under_an_old_number_is_replaced_too()
    {
        // The key set of number 1 comes back: signed by us, and of no use to a gateway that has seen number 2.
        var company = await Company.WithBaselineAsync();
        var list = company.TrustList;
        var lower = await SignedDocument.SignAsync(
            company.Signer,
            TrustDocuments.TrustListType,
            TrustDocuments.Payload(list with { Sequence = list.Sequence - 1 }),
            default
        );
        company.Container.Alter(TrustDocuments.TrustListName, lower);

        await company.NewProcess().Publish.PublishAsync(default);
        Assert.Equal(list.Sequence + 1, company.TrustList.Sequence);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"keys":[{"kty":"OKP"}]}""")]
    [InlineData("no json")]
    public async Task Rubbish_is_replaced(string rubbish)
    {
        var company = await Company.WithBaselineAsync();
        var (jwks, list) = (company.Jwks, company.TrustList);
        company.Container.Alter(TrustDocuments.TrustListName, Encoding.UTF8.GetBytes(rubbish));
        await company.NewProcess().Publish.PublishAsync(default);

        Assert.Equal(jwks, company.Jwks);
        Assert.True(company.TrustList.Sequence > list.Sequence);
        Assert.Contains("document-altered", company.Findings.Kinds);
    }

    [Fact]
    public async Task A_list_of_which_nothing_is_on_record_is_put_on_record_once()
    {
        var company = await Company.WithBaselineAsync(configure: o => o.Ledger.BlocksPerSegment = 2);
        var process = company.NewProcess();
        await process.OrderAsync("departure-1", Urgency.Immediate);
        var doomed = company.NewProcess(new DiesAfter("publish trust-list.jwt"));
        await Assert.ThrowsAsync<ProcessDiedException>(doomed.GoAsync);
        var unsaid = company.TrustList.Sequence;
        Assert.DoesNotContain(Said(company), s => s == unsaid);

        // Many segments later nobody finds the line by its id any more; it is not written again for all that.
        for (var run = 0; run < 5; run++)
        {
            await company.NewProcess().Publish.PublishAsync(default);
            await process.Ledger.AppendAsync(
                new($"noise/{run}", LedgerKinds.FindingRaised, "noise", new Dictionary<string, string>(StringComparer.Ordinal)),
                default
            );
        }

        Assert.Contains(unsaid, Said(company));
        Assert.Equal(Said(company).Distinct(), Said(company));
    }

    private static IEnumerable<long> Said(Company company) =>
        company
            .VerifiedLedger()
            .Where(l => l.Entry.Kind == LedgerKinds.TrustPublished)
            .Select(l => long.Parse(l.Entry.Facts["sequence"], System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Dies behind the first effect of a kind.</summary>
    private sealed class DiesAfter(string kind) : Fate
    {
        protected override Task AfterAsync(int number, string what)
        {
            if (what == kind)
            {
                Die();
            }

            return Task.CompletedTask;
        }
    }
}
