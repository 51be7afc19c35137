using Rekey.Functions.Wire;
using Rekey.Offboarding;

namespace Rekey.Functions;

/// <summary>Every function that is not HTTP. What it is called for stands in its function.json, and in the isolated worker's attributes.</summary>
public static class Invocations
{
    public static readonly Invocation UserChanged = new(nameof(UserChanged), "event", (s, v, cancel) =>
        s.GetRequiredService<UserChanged>().RunAsync(GraphEvent.Read(v, s.GetRequiredService<OffboardingOptions>()), cancel), KeepsItself: true);

    public static readonly Invocation AssessExposure = new(nameof(AssessExposure), "message", (s, v, cancel) => s.GetRequiredService<AssessExposureFunction>().RunAsync(WorkMessage.Id(v, "departure"), cancel));

    public static readonly Invocation RotateKey = new(nameof(RotateKey), "message", (s, v, cancel) => s.GetRequiredService<RotateKeyFunction>().RunAsync(WorkMessage.Id(v, "key"), cancel));

    public static readonly Invocation SweepNow = new(nameof(SweepNow), "message", (s, v, cancel) =>
        WorkMessage.Id(v, "sweep") is { Length: > 0 } ? s.GetRequiredService<SweepTokensFunction>().RunAsync(cancel) : Task.CompletedTask);

    public static readonly Invocation KeepPoisoned = new(nameof(KeepPoisoned), "timer", (s, _, cancel) => s.GetRequiredService<KeepPoisoned>().RunAsync(cancel));

    public static readonly Invocation ContinueRotations = new(nameof(ContinueRotations), "timer", (s, _, cancel) => s.GetRequiredService<ContinueRotations>().RunAsync(cancel));

    public static readonly Invocation PublishTrust = new(nameof(PublishTrust), "timer", (s, _, cancel) => s.GetRequiredService<PublishTrustFunction>().RunAsync(cancel));

    public static readonly Invocation SendEvents = new(nameof(SendEvents), "timer", (s, _, cancel) => s.GetRequiredService<SendEvents>().RunAsync(cancel));

    public static readonly Invocation SweepTokens = new(nameof(SweepTokens), "timer", (s, _, cancel) => s.GetRequiredService<SweepTokensFunction>().RunAsync(cancel));

    public static readonly Invocation SweepVaultAccess = new(nameof(SweepVaultAccess), "timer", (s, _, cancel) => s.GetRequiredService<SweepVaultAccessFunction>().RunAsync(cancel));

    public static readonly Invocation VerifyLedger = new(nameof(VerifyLedger), "timer", (s, _, cancel) => s.GetRequiredService<VerifyLedgerFunction>().RunAsync(cancel));

    public static IReadOnlyList<Invocation> All { get; } =
    [
        UserChanged, AssessExposure, RotateKey, SweepNow, KeepPoisoned,
        ContinueRotations, PublishTrust, SendEvents, SweepTokens, SweepVaultAccess, VerifyLedger,
    ];
}
