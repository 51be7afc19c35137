using Rekey.Decisions;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Rotations.Brakes;

public sealed class BrakeOverOrdersTests
{
    [Fact]
    public async Task What_is_ordered_and_has_not_started_counts_against_the_hour()
    {
        var company = await Company.WithBaselineAsync(keys: 4, o =>
        {
            o.Rotations.MaxKeyAge = TimeSpan.FromDays(1);
            o.Rotations.MaxRotationsAnHour = 2;
        });

        // One run of the timer finds four keys that have grown old together; none of them starts before the run ends.
        await company.NewProcess().RotateByAge.RunAsync(default);

        Assert.Equal(2, company.Rotations.All.Count(r => r.Waiting.Any(w => w.DecisionId is null)));
        Assert.Equal(2, company.Decisions.All.Count(d => d.Kind == DecisionKinds.Rotate));
    }
}
