using Rekey.Exposures.Audit;
using Rekey.Exposures.Grades;
using Rekey.Rotations;

namespace Rekey.Tests.Exposures;

/// <summary>The grade of a version: usable only with positive proof (T15).</summary>
public sealed class VersionGradeTests
{
    private const string Version = "0123456789abcdef0123456789abcdef";
    private const string Other = "fedcba9876543210fedcba9876543210";
    private static readonly DateTimeOffset Made = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Now = Made.AddDays(20);

    private static readonly VersionEvidence Proven = new(
        Version,
        Made,
        new("login", "EC-HSM", IsExportable: false, Version),
        IsManaged: false,
        [Use("keycreate")],
        [new("kv", null, Made.AddMinutes(-5)), new("kv", Now.AddMinutes(-20), null)]
    );

    public static TheoryData<string, ExposureGrade> Evidence =>
        new()
        {
            { "proven", ExposureGrade.Usable },
            { "made by rotation", ExposureGrade.Usable },
            { "backup before it was made", ExposureGrade.Usable },
            { "import of another version", ExposureGrade.Usable },
            { "pause before it was made", ExposureGrade.Usable },
            { "log begins with its creation", ExposureGrade.Usable },
            { "exportable", ExposureGrade.Extractable },
            { "backup", ExposureGrade.Extractable },
            { "release", ExposureGrade.Extractable },
            { "import", ExposureGrade.Extractable },
            { "restore", ExposureGrade.Extractable },
            { "secret", ExposureGrade.Extractable },
            { "software", ExposureGrade.Unproven },
            { "type unknown", ExposureGrade.Unproven },
            { "managed", ExposureGrade.Unproven },
            { "no log", ExposureGrade.Unproven },
            { "no creation", ExposureGrade.Unproven },
            { "creation of another version", ExposureGrade.Unproven },
            { "pause", ExposureGrade.Unproven },
            { "log ended", ExposureGrade.Unproven },
            { "log began later", ExposureGrade.Unproven },
            { "no row of the vault", ExposureGrade.Unproven },
        };

    [Theory]
    [MemberData(nameof(Evidence))]
    public void A_version_is_usable_only_with_proof_and_extractable_by_any_sign(string evidence, ExposureGrade expected)
    {
        var grade = VersionGrade.Of(Of(evidence), Now);
        Assert.Equal(expected, grade.Grade);
        Assert.NotEmpty(grade.Why);
    }

    [Theory]
    [InlineData(ExposureGrade.Usable, false, true, Urgency.Graceful)]
    [InlineData(ExposureGrade.Usable, true, false, Urgency.Immediate)]
    [InlineData(ExposureGrade.Unproven, false, true, Urgency.Immediate)]
    [InlineData(ExposureGrade.Unproven, false, false, Urgency.Graceful)]
    [InlineData(ExposureGrade.Extractable, false, false, Urgency.Immediate)]
    public void The_grade_decides_the_urgency(ExposureGrade grade, bool isHostile, bool isAssumed, Urgency expected) =>
        Assert.Equal(expected, Rekey.Exposures.DepartureUrgency.Of(isHostile, grade, new() { AssumeExtractable = isAssumed }));

    [Fact]
    public async Task A_proven_key_is_rotated_gracefully_and_another_at_once()
    {
        var world = await ExposureWorld.StartAsync();
        world.Prove(1);
        world.Does("keysign", 1);
        world.Does("keysign", 2);
        await world.LeavesAsync();
        await world.Company.NewProcess().DrainAsync();
        Assert.Equal(Urgency.Graceful, world.Company.RotationOf(world.Key(1))!.Urgency);
        Assert.Equal(Urgency.Immediate, world.Company.RotationOf(world.Key(2))!.Urgency);
    }

    [Fact]
    public async Task A_torn_log_proves_nothing()
    {
        var world = await ExposureWorld.StartAsync();
        world.Prove(1);
        world.Does("keysign", 1);
        Assert.Equal(ExposureGrade.Usable, Assert.Single((await world.FindAsync()).Exposures).Grade.Grade);
        world.Audit.IsTorn = true;
        Assert.Equal(ExposureGrade.Unproven, Assert.Single((await world.FindAsync()).Exposures).Grade.Grade);
    }

    private static VersionEvidence Of(string evidence) =>
        evidence switch
        {
            "proven" => Proven,
            "made by rotation" => Proven with { Uses = [Use("keyrotate")] },
            "backup before it was made" => With(Use("keybackup", version: "", at: Made.AddDays(-1))),
            "import of another version" => With(Use("keyimport", Other)),
            "pause before it was made" => Silent(new("kv", Made.AddDays(-3), Made.AddHours(-1))),
            "log begins with its creation" => Proven with { Silences = [new("kv", null, Made), new("kv", Now, null)] },
            "exportable" => Proven with { Listed = new("login", "EC-HSM", IsExportable: true, Version) },
            "backup" => With(Use("keybackup", version: "")),
            "release" => With(Use("keyrelease")),
            "import" => With(Use("keyimport")),
            "restore" => With(Use("keyrestore", version: "")),
            "secret" => With(Use("secretget", kind: "secrets")),
            "software" => Proven with { Listed = new("login", "EC", IsExportable: false, Version) },
            "type unknown" => Proven with { Listed = null },
            "managed" => Proven with { IsManaged = true },
            "no log" => Proven with { Uses = null, Silences = null },
            "no creation" => Proven with { Uses = [] },
            "creation of another version" => Proven with { Uses = [Use("keycreate", Other)] },
            "pause" => Silent(new("kv", Made.AddDays(1), Made.AddDays(1).AddHours(3))),
            "log ended" => Proven with { Silences = [new("kv", null, Made), new("kv", Now.AddHours(-3), null)] },
            "log began later" => Proven with { Silences = [new("kv", null, Made.AddDays(1)), new("kv", Now, null)] },
            _ => Proven with { Silences = [] },
        };

    private static VersionEvidence With(AuditedUse use) => Proven with { Uses = [.. Proven.Uses!, use] };

    private static VersionEvidence Silent(AuditSilence silence) => Proven with { Silences = [.. Proven.Silences!, silence] };

    private static AuditedUse Use(string operation, string version = Version, DateTimeOffset? at = null, string kind = "keys") =>
        new("kv", kind, "login", version, operation, "somebody", "", IsPerson: true, at ?? Made, at ?? Made, 1);
}
