using Rekey.Exposures.Previews;
using Rekey.Rotations;
using Rekey.Rotations.Tokens;

namespace Rekey.Tests.Exposures;

/// <summary>What would happen if a person left now.</summary>
public sealed class PreviewTests
{
    [Fact]
    public async Task A_preview_has_the_plan_the_live_tokens_and_the_time_and_changes_nothing()
    {
        var world = await ExposureWorld.StartAsync();
        world.Prove(1);
        world.Does("keysign", 1);
        world.Does("keysign", 2);
        var lines = world.Company.VerifiedLedger().Count;
        var preview = await Preview(world).OfAsync(world.Leaver, default);

        Assert.Equal([Urgency.Graceful, Urgency.Immediate], preview.Keys.Select(k => k.Urgency));
        Assert.Contains("LogFolder", preview.Keys[0].LiveTokens.UnknownBecause, StringComparison.Ordinal);
        Assert.Equal(world.Company.Now + world.Company.Options.Trust.VerifierCacheTime, preview.Keys[1].ForgottenAt);
        Assert.True(preview.Keys[0].ForgottenAt > preview.Keys[1].ForgottenAt);
        Assert.Equal(lines, world.Company.VerifiedLedger().Count);
        Assert.Empty(world.Company.Queues.Messages);
    }

    [Fact]
    public async Task Everyone_is_sorted_by_the_number_of_people()
    {
        var world = await ExposureWorld.StartAsync();
        world.Does("keysign", 2, oid: "one");
        world.Does("keysign", 2, oid: "two");
        world.Does("keysign", 1, oid: "one");
        var before = (await Preview(world).OfEveryoneAsync(default)).Keys;
        Assert.Equal([world.Key(2).Id, world.Key(1).Id], before.Select(k => k.KeyId));
        Assert.Equal(before[1].People.Count + 1, before[0].People.Count);
    }

    private static ReadExposure Preview(ExposureWorld world)
    {
        var process = world.Company.NewProcess();
        return new(
            process.FindExposures,
            process.TrustLedger,
            world.Company.GovernedKeys,
            new NoTokenLog(world.Company.Clock),
            world.Company.Options.Exposures,
            world.Company.Options.Rotations,
            world.Company.Options.Trust,
            world.Company.Clock
        );
    }
}
