using Rekey.Functions.Wire;

namespace Rekey.Functions;

/// <summary>
/// Every address of the handler. HTTP functions are forwarded by the host under their routes; the others are called under their bare names, and no
/// route of an HTTP function can match such a name. The host asks <c>GET /</c> whether the handler is up: any answer will do, and a refusal is one.
/// </summary>
public static class Routes
{
    public static void MapFunctions(this WebApplication app)
    {
        Depart.Map(app);
        Decide.Map(app);
        Jwks.Map(app);
        TrustListFunction.Map(app);
        Introspect.Map(app);
        SweepsFunction.Map(app);
        FindingsFunction.Map(app);
        BlocklistFunction.Map(app);
        Blocks.Map(app);
        StatusListFunction.Map(app);
        Healthz.Map(app);

        app.MapInvocation(nameof(UserChanged), "event", (s, v, cancel) =>
        {
            var options = s.GetRequiredService<Offboarding.OffboardingOptions>();
            return s.GetRequiredService<UserChanged>().RunAsync(GraphEvent.Read(v, options), cancel);
        }, keepsItself: true);
        app.MapInvocation("AssessExposure", "message", (s, v, cancel) => s.GetRequiredService<AssessExposureFunction>().RunAsync(WorkMessage.Id(v, "departure"), cancel));
        app.MapInvocation("RotateKey", "message", (s, v, cancel) => s.GetRequiredService<RotateKeyFunction>().RunAsync(WorkMessage.Id(v, "key"), cancel));
        app.MapInvocation("PoisonedDepartures", "message", (_, _, _) => PoisonedMessage.RunAsync("departures"));
        app.MapInvocation("PoisonedRotations", "message", (_, _, _) => PoisonedMessage.RunAsync("rotations"));
        app.MapInvocation("SweepTokens", "timer", (s, _, cancel) => s.GetRequiredService<SweepTokensFunction>().RunAsync(cancel));
        app.MapInvocation("SweepNow", "message", (s, v, cancel) => WorkMessage.Id(v, "sweep") is { Length: > 0 } ? s.GetRequiredService<SweepTokensFunction>().RunAsync(cancel) : Task.CompletedTask);
        app.MapInvocation("PoisonedSweeps", "message", (_, _, _) => PoisonedMessage.RunAsync("sweeps"));
        app.MapInvocation(nameof(ContinueRotations), "timer", (s, _, cancel) => s.GetRequiredService<ContinueRotations>().RunAsync(cancel));
        app.MapInvocation("PublishTrust", "timer", (s, _, cancel) => s.GetRequiredService<PublishTrustFunction>().RunAsync(cancel));
        app.MapInvocation("SweepVaultAccess", "timer", (s, _, cancel) => s.GetRequiredService<SweepVaultAccessFunction>().RunAsync(cancel));
        app.MapInvocation("VerifyLedger", "timer", (s, _, cancel) => s.GetRequiredService<VerifyLedgerFunction>().RunAsync(cancel));
        app.MapInvocation(nameof(SendEvents), "timer", (s, _, cancel) => s.GetRequiredService<SendEvents>().RunAsync(cancel));
    }
}
