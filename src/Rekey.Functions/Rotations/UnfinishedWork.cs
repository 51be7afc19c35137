using Rekey.Departures;
using Rekey.Departures.CuttingOff;
using Rekey.Exposures.LookingAgain;
using Rekey.Rotations.Planning;

namespace Rekey.Functions.Rotations;

/// <summary>What the timer carries on by itself unless Rekey is stopped: departures, rotations, cut-offs and second looks.</summary>
public sealed class UnfinishedWork(
    ResumeDepartures departures,
    ResumeDueRotations rotations,
    RotateByAge byAge,
    CutOffPerson cutOff,
    LookAgain lookAgain
)
{
    public IReadOnlyList<(string What, Func<CancellationToken, Task> Act)> Parts { get; } =
    [
        ("departures", departures.RunAsync),
        ("rotations", rotations.RunAsync),
        ("rotations by age", byAge.RunAsync),
        ("cut-offs", cutOff.RunAsync),
        ("second looks", lookAgain.RunAsync),
    ];
}
