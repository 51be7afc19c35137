using Rekey.Core;
using Rekey.Rotations;
using Rekey.Rotations.Planning;

namespace Rekey.Tests.Rotations.Brakes;

/// <summary>A mass event becomes a question (T11).</summary>
public sealed class BrakeTests
{
    private static readonly RotationOptions Options = new() { MaxRotationsAnHour = 20, MaxIssuerSharePercent = 50 };

    [Theory]
    [InlineData(0, 20, 100, 20, ResponseMode.Enforce)]
    [InlineData(1, 20, 100, 20, ResponseMode.Ask)]
    [InlineData(20, 1, 100, 1, ResponseMode.Ask)]
    [InlineData(0, 2, 4, 2, ResponseMode.Enforce)]
    [InlineData(0, 3, 4, 3, ResponseMode.Ask)]
    [InlineData(0, 3, 3, 3, ResponseMode.Enforce)]
    public void Above_the_limits_enforce_becomes_ask(int started, int planned, int keys, int affected, ResponseMode left)
    {
        var (mode, why) = RotationBrake.Apply(ResponseMode.Enforce, new(started, planned, keys, affected), Options);
        Assert.Equal(left, mode);
        Assert.Equal(left is ResponseMode.Ask, why is not null);
    }

    [Fact]
    public void Observe_stays_observe() =>
        Assert.Equal(ResponseMode.Observe, RotationBrake.Apply(ResponseMode.Observe, new(1000, 1000, 10, 10), Options).Mode);
}
