using Rekey.Tests.Doubles;
using Rekey.Tests.Doubles.Faults;

namespace Rekey.Tests.Departures;

/// <summary>The directory confirms a departure while it is assessed as one that was only told. What was asked about the one is not the
/// answer about the other.</summary>
public sealed class ConfirmedMeanwhileTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_no_about_what_was_told_is_none_about_what_is_confirmed(bool afterTheEffect)
    {
        var effects = int.MaxValue;
        for (var n = 1; n <= effects; n++)
        {
            var company = await Company.WithBaselineAsync();
            var stolen = company.TrustList.Keys.Single().Thumbprint;
            var told = await company
                .NewProcess()
                .Notice.NoticeAsync(
                    new(
                        Company.Tenant,
                        Company.Leaver,
                        new("ReportDeparture", "ticket-1", company.Now, $"{Company.OtherLeaver}"),
                        IsObservation: false,
                        Hostile: false
                    ),
                    default
                );
            var doomed = company.NewProcess(new DiesAt(n, afterTheEffect));
            if (await Record.ExceptionAsync(() => doomed.Assess.AssessAsync(told.Departure!.Id, default)) is null)
            {
                effects = doomed.Fate.Effects.Count;
            }

            foreach (var question in company.Decisions.All.Where(d => d.Kind == Rekey.Decisions.DecisionKinds.Rotate))
            {
                await company.NewProcess().SayAsync(question, approve: false);
            }

            await company.NewProcess().LeavesAsync(Company.Leaver);
            await company.NewProcess().WorkAsync(TimeSpan.FromMinutes(5));
            Assert.True(
                company.TrustList.Revoked.Contains(stolen),
                $"Died {(afterTheEffect ? "after" : "before")} effect {n}: the stolen version is trusted."
            );
            Assert.NotNull(company.Departures.All.Single().SettledAt);
        }

        Assert.True(effects >= 4, $"Only {effects} effects: this proves little.");
    }
}
