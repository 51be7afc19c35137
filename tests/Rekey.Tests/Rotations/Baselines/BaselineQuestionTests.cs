using Rekey.Decisions;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Rotations.Baselines;

/// <summary>The question about the versions that a vault had when Rekey came.</summary>
public sealed class BaselineQuestionTests
{
    /// <summary>Without a baseline nothing can be published, so silence must not end the question.</summary>
    [Fact]
    public async Task A_question_that_lapsed_is_asked_again_and_its_answer_counts()
    {
        var (company, first) = await AskedAsync();
        for (var round = 1; round <= 3; round++)
        {
            company.Clock.Advance(company.Options.Decisions.TimeToAnswer);
            await company.NewProcess().TakeBaselines.RunAsync(default);
            Assert.Equal(round + 1, Asked(company).Count());
        }

        var last = Assert.Single(Asked(company), d => d.StateAt(company.Now) is DecisionState.Pending);
        Assert.NotEqual(first.Id, last.Id);
        await company.NewProcess().SayAsync(last, approve: true);
        Assert.Single(company.TrustList.Keys);
    }

    /// <summary>A no is an answer: the timer does not ask until the vault's versions have changed.</summary>
    [Fact]
    public async Task A_question_that_was_declined_is_not_asked_again()
    {
        var (company, first) = await AskedAsync();
        await company.NewProcess().SayAsync(first, approve: false);
        company.Clock.Advance(company.Options.Decisions.TimeToAnswer);
        await company.NewProcess().TakeBaselines.RunAsync(default);
        Assert.Single(Asked(company));
    }

    private static async Task<(Company Company, Decision Question)> AskedAsync()
    {
        var company = Company.Found();
        await company.NewProcess().TakeBaselines.RunAsync(default);
        return (company, Assert.Single(Asked(company)));
    }

    private static IEnumerable<Decision> Asked(Company company) => company.Decisions.All.Where(d => d.Kind == DecisionKinds.Baseline);
}
