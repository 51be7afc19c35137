using Rekey.Rotations;
using Rekey.Tests.Doubles;

namespace Rekey.Tests.Departures;

/// <summary>How fast a key is rotated that a departed person could have used.</summary>
public sealed class AssumeExtractableTests
{
    [Theory]
    [InlineData(null, false, Urgency.Immediate)]
    [InlineData(true, false, Urgency.Immediate)]
    [InlineData(false, false, Urgency.Graceful)]
    [InlineData(false, true, Urgency.Immediate)]
    public async Task A_key_counts_as_taken_unless_the_setting_says_otherwise_and_always_where_the_departure_is_hostile(
        bool? assumed,
        bool hostile,
        Urgency expected
    )
    {
        var company = await Company.WithBaselineAsync(configure: o =>
            o.Exposures.AssumeExtractable = assumed ?? o.Exposures.AssumeExtractable
        );
        var process = company.NewProcess();
        await process.LeavesAsync(Company.Leaver, hostile);
        await process.DrainAsync();
        await process.DrainAsync();
        Assert.Equal(expected, company.Rotation.Urgency);
        Assert.Equal($"{expected}", Assert.Single(Assert.Single(company.Departures.All).Plan).Urgency);
    }
}
