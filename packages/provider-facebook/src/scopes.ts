/**
 * Facebook's permissions. All but `public_profile` and `email` need app review before people other than your testers can
 * grant them.
 *
 * @see https://developers.facebook.com/docs/permissions
 */
export type FacebookScope =
  | "ads_management"
  | "ads_read"
  | "business_management"
  | "catalog_management"
  /** The e-mail address: users can decline it, and accounts by phone number have none. */
  | "email"
  | "instagram_basic"
  | "instagram_content_publish"
  | "instagram_manage_comments"
  | "instagram_manage_insights"
  | "instagram_manage_messages"
  | "instagram_shopping_tag_products"
  | "leads_retrieval"
  | "manage_fundraisers"
  | "openid"
  | "page_events"
  | "pages_manage_ads"
  | "pages_manage_cta"
  | "pages_manage_engagement"
  | "pages_manage_metadata"
  | "pages_manage_posts"
  | "pages_messaging"
  | "pages_read_engagement"
  | "pages_read_user_content"
  | "pages_show_list"
  /** Id, name and picture. */
  | "public_profile"
  | "publish_video"
  | "read_insights"
  | "user_age_range"
  | "user_birthday"
  | "user_friends"
  | "user_gender"
  | "user_hometown"
  | "user_likes"
  | "user_link"
  | "user_location"
  | "user_photos"
  | "user_posts"
  | "user_videos"
  | "whatsapp_business_management"
  | "whatsapp_business_messaging";
