namespace Rekey.Exposures;

/// <summary>A reason why a person exposes a key.</summary>
/// <param name="PersonId">Object id of the person.</param>
/// <param name="Kind">A stable code: <c>custodian</c>, <c>named</c>, <c>used</c>, <c>granted</c> or <c>indirect</c>.</param>
/// <param name="Detail">A plain sentence with object ids only. It names the row, grant or tag that shows the reason.</param>
/// <param name="Until">When this access ended: versions made later are not exposed by it. Null: when the person's access ended.</param>
public sealed record ExposureReason(string PersonId, string Kind, string Detail, DateTimeOffset? Until = null);
