/** What a button did. */
export interface Result {
  readonly title: string;
  readonly text: string;
  readonly failed: boolean;
}
