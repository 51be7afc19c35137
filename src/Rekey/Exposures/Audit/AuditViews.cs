using Rekey.Detections;

namespace Rekey.Exposures.Audit;

/// <summary>The normalized views that the audit queries read. Times are UTC; all texts are lower case, and empty instead of
/// null.</summary>
public static class AuditViews
{
    public const string VaultAuditName = "VaultAudit";
    public const string DirectoryAuditName = "DirectoryAudit";
    public const string SignInName = "SignIn";

    /// <summary>The columns of operations on vaults, refused ones among them.</summary>
    public static readonly IReadOnlyList<ViewColumn> VaultAudit =
    [
        new("TimeGenerated", ColumnType.Time, IsRequired: true),
        new("Operation", ColumnType.Text, IsRequired: true),
        new("Vault", ColumnType.Text, IsRequired: true),
        new("Kind", ColumnType.Text),
        new("Name", ColumnType.Text),
        new("Version", ColumnType.Text),
        new("Oid", ColumnType.Text),
        new("AppId", ColumnType.Text),
        new("IsPerson", ColumnType.Truth),
        new("StatusCode", ColumnType.Number),
        new("CorrelationId", ColumnType.Text),
    ];

    /// <summary>The columns of changes in the directory.</summary>
    public static readonly IReadOnlyList<ViewColumn> DirectoryAudit =
    [
        new("TimeGenerated", ColumnType.Time, IsRequired: true),
        new("Operation", ColumnType.Text, IsRequired: true),
        new("Result", ColumnType.Text),
        new("Actor", ColumnType.Text),
        new("Target0", ColumnType.Text),
        new("Target1", ColumnType.Text),
        new("AppId", ColumnType.Text),
    ];

    /// <summary>The columns of sign-ins. The application id is that of a service principal which signed in; a person's row has
    /// none.</summary>
    public static readonly IReadOnlyList<ViewColumn> SignIn =
    [
        new("TimeGenerated", ColumnType.Time, IsRequired: true),
        new("Log", ColumnType.Text, IsRequired: true),
        new("Oid", ColumnType.Text, IsRequired: true),
        new("AppId", ColumnType.Text),
        new("Resource", ColumnType.Text),
        new("Result", ColumnType.Text),
    ];
}
