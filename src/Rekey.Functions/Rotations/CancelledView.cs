using Rekey.Rotations;

namespace Rekey.Functions.Rotations;

/// <summary>A cancelled rotation. Its old versions stay trusted.</summary>
/// <param name="Rotation">Its id.</param>
/// <param name="CancelledBy">Object id of the approver.</param>
/// <param name="NewVersion">The version that stays and becomes current; null while there is none.</param>
public sealed record CancelledView(string Rotation, string CancelledBy, DateTimeOffset CancelledAt, string? NewVersion)
{
    public static CancelledView Of(Rotation r) => new(r.RouteId, r.CancelledBy!, r.CancelledAt!.Value, r.NewVersion);
}
