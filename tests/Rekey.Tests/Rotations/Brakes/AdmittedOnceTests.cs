using Rekey.Rotations;

namespace Rekey.Tests.Rotations.Brakes;

/// <summary>A cause rotates a key once, whatever waits.</summary>
public sealed class AdmittedOnceTests
{
    private static readonly DateTimeOffset Now = new(2027, 3, 1, 9, 0, 0, TimeSpan.Zero);
    private static readonly RotationRequest Request = new("departure-1", Urgency.Immediate, Now, DecisionId: null);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_cause_that_is_known_is_taken_off_the_list_and_nothing_else(bool isPast)
    {
        var rotation = new Rotation(new(new("https://kv.example"), "login"), Number: 3)
        {
            Causes = isPast ? ["other"] : [Request.Cause],
            PastCauses = isPast ? [Request.Cause] : [],
            VerifiedAt = Now,
            Waiting = [Request],
        };
        var admitted = rotation.Admit(Request, Now);
        Assert.Empty(admitted.Waiting);
        Assert.Equal((3, false), (admitted.Number, admitted.IsRunning));
        Assert.Equal(rotation.Causes, admitted.Causes);
    }
}
