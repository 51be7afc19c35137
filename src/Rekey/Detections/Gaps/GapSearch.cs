namespace Rekey.Detections.Gaps;

/// <summary>What the gap detections of one batch did.</summary>
/// <param name="Rows">Rows by detection, including quiet detections.</param>
/// <param name="Unfinished">Why a detection did not finish, by its id.</param>
public sealed record GapSearch(IReadOnlyDictionary<string, long> Rows, IReadOnlyDictionary<string, string> Unfinished);
