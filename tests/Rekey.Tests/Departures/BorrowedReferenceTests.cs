using Rekey.Core;
using Rekey.Decisions;
using Rekey.Decisions.Answers;
using Rekey.Departures.Directory;
using Rekey.Ledgers;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Departures;

/// <summary>Whoever takes another's reference and adds to what was told has set it off too: they cannot approve it, and it is on record
/// (T13).</summary>
public sealed class BorrowedReferenceTests
{
    private const string Schemer = "5b0b1a4e-0000-4000-8000-0000000000ee";

    [Fact]
    public async Task Whoever_adds_under_another_s_reference_does_not_approve()
    {
        var company = await Company.WithBaselineAsync(configure: o => o.Rotations.Mode = ResponseMode.Ask);
        var process = company.NewProcess();
        company.Directory[Company.Leaver] = PersonStanding.Enabled;
        await TellAsync(company, process, "hr", hostile: false);
        await TellAsync(company, process, Schemer, hostile: true);
        await process.DrainAsync();

        var question = company.Decisions.All.Single(d => d.Kind == DecisionKinds.Rotate);
        Assert.Equal(AnswerRefusal.InitiatorMayNotApprove, (await process.SayAsync(question, approve: true, Schemer)).Refusal);
        Assert.Contains(company.VerifiedLedger(), l =>
            l.Entry.Kind == LedgerKinds.DepartureSourceAdded && l.Entry.Facts["reporter"] == Schemer && l.Entry.Facts["hostile"] == "yes"
        );
    }

    [Fact]
    public async Task What_the_same_reporter_adds_under_the_same_reference_is_on_record_and_a_resend_is_not()
    {
        var company = await Company.WithBaselineAsync(configure: o => o.Rotations.Mode = ResponseMode.Ask);
        var process = company.NewProcess();
        company.Directory[Company.Leaver] = PersonStanding.Enabled;
        await TellAsync(company, process, Schemer, hostile: false);
        await TellAsync(company, process, Schemer, hostile: false);
        Assert.Single(company.VerifiedLedger(), IsTelling);
        await TellAsync(company, process, Schemer, hostile: true);
        await TellAsync(company, process, Schemer, hostile: true, company.Key.Id);
        await TellAsync(company, process, Schemer, hostile: true, company.Key.Id);
        var told = company.VerifiedLedger().Where(IsTelling).Select(l => (l.Entry.Facts["hostile"], l.Entry.Facts["namedKeys"]));
        Assert.Equal([("no", ""), ("yes", ""), ("yes", company.Key.Id)], told);
    }

    private static bool IsTelling(LedgerLine line) => line.Entry.Kind is LedgerKinds.DepartureNoticed or LedgerKinds.DepartureSourceAdded;

    private static Task TellAsync(Company company, Process process, string reporter, bool hostile, params string[] keys) =>
        process.Notice.NoticeAsync(
            new(Company.Tenant, Company.Leaver, new("Depart", "case-1", company.Now, reporter), IsObservation: false, hostile)
            {
                NamedKeys = keys,
            },
            default
        );
}
